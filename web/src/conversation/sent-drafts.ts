import type { Message, User } from '../api/shapes.js';
import { type Draft, emptyDraft } from './draft.js';

/** Begins as the names of drafts do, so that it goes with them at the sign-out. */
const place = 'draft:sent';
const most = 50;

const read = () => JSON.parse(sessionStorage.getItem(place) ?? '[]') as Array<[messageId: string, Draft]>;
const write = (all: Array<[string, Draft]>) => sessionStorage.setItem(place, JSON.stringify(all.slice(-most)));

/** Remembers in this tab what a message was written as: the server does not tell its blind copies. */
export const keepSent = (messageId: string, draft: Draft) => write([...read(), [messageId, draft]]);

export const forgetSent = (parts: Message[]) => write(read().filter(([id]) => !parts.some((part) => part.id === id)));

/** What a reply was written as: as this tab remembers it, else as its messages tell. */
export function sentAs(parts: Message[], me: User): Draft {
  const kept = read().find(([id]) => parts.some((part) => part.id === id));
  return kept?.[1] ?? retold(parts, me);
}

/** Files belong to who uploaded them, so that a colleague takes back the words alone. */
function retold(parts: Message[], me: User): Draft {
  const [first] = parts;
  const words = parts.map(({ text }) => text).filter(Boolean);
  const attachments = parts.flatMap((part) => (part.author.id === me.id ? part.attachments : []));
  return {
    ...emptyDraft(),
    ...{ text: words.join('\n\n'), attachments, mode: first?.mode ?? null, replyTo: first?.replyToMessageId ?? null },
    cc: first?.to.length ? first.cc.map((line) => /<([^>]+)>$/.exec(line)?.[1] ?? line) : null,
  };
}
