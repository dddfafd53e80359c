import { apartFrom } from './chat-copy.js';
import type { Findings } from './findings.js';
import { pagesOf, patiently } from './graph-pages.js';
import { graphTime } from './graph-time.js';
import { asId, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { idOf } from './meta-event.js';
import { ifPermitted, isRejected } from './readable.js';
import { noteStates } from './states.js';

/** Chats are listed newest first, as far as is known: 40 pages of 25. */
const MOST_PAGES = 40;
/** Meta opens only the newest 20 messages of a chat. */
const READABLE = 20;
/** "Message deleted": it was, or it is older than those. */
const NOT_TO_BE_OPENED = '9000001';
const FIELDS = 'id,created_time,from,to,message,attachments,shares,sticker,reply_to,story,reactions,is_unsupported';

/** Reads the newest messages of each chat that changed of late, the longest untouched chat first. `own` are the ids of the account itself. */
export async function auditChats(findings: Findings, line: Line, own: string[]): Promise<void> {
  const threads = await changedThreads(findings, line);
  const place = line.platform === 'messenger' ? 'Messenger' : 'Instagram direct messages';
  for (const thread of threads.toSorted((one, other) => changedAt(one) - changedAt(other))) {
    findings.signal.throwIfAborted();
    const now = Date.parse(findings.at);
    const messages = await newestOf(findings, line, String(asId(thread.id)));
    // An id and a time are also listed of messages that cannot be opened.
    const opened = messages.filter(({ from }) => idOf(from));
    await findings.take(
      place,
      opened.map((message) => ({
        read: 'message',
        id: line.account,
        own,
        thread,
        message,
        apart: apartFrom(message, messages, READABLE, now),
      })),
    );
    const theirs = opened.filter(({ from, message: words }) => words && !own.includes(idOf(from) ?? ''));
    await noteStates(findings, line.account, theirs);
  }
}

const changedAt = ({ updated_time }: JsonObject) => graphTime(updated_time)?.getTime() ?? 0;

async function changedThreads(findings: Findings, { access, node, platform }: Line): Promise<JsonObject[]> {
  const query = { platform, fields: 'id,updated_time,participants' };
  const listing = { path: `${node}/conversations`, query, limits: [25, 5, 1], mostPages: MOST_PAGES };
  const threads = new Map<string, JsonObject>();
  for await (const page of ifPermitted(pagesOf(access, listing, findings.signal))) {
    const changed = page.filter(({ updated_time }) => findings.reaches(graphTime(updated_time)));
    for (const thread of changed) if (asId(thread.id)) threads.set(asId(thread.id)!, thread);
    if (page.length && !changed.length) break;
  }
  return [...threads.values()];
}

async function newestOf(findings: Findings, line: Line, thread: string): Promise<JsonObject[]> {
  try {
    return await firstPage(findings, line, thread, FIELDS);
  } catch (error) {
    if (!isRejected(error)) throw error;
    return error.code?.startsWith(NOT_TO_BE_OPENED) ? oneByOne(findings, line, thread) : [];
  }
}

async function firstPage({ signal }: Findings, { access }: Line, thread: string, fields: string): Promise<JsonObject[]> {
  const listing = { path: `${encodeURIComponent(thread)}/messages`, query: { fields }, limits: [READABLE, 5, 1], mostPages: READABLE };
  const messages: JsonObject[] = [];
  for await (const page of pagesOf(access, listing, signal)) if (messages.push(...page) >= READABLE) break;
  return messages.slice(0, READABLE);
}

/** One message that cannot be opened must not hide the others. */
async function oneByOne(findings: Findings, line: Line, thread: string): Promise<JsonObject[]> {
  const messages: JsonObject[] = [];
  for (const { id } of await firstPage(findings, line, thread, 'id,created_time')) {
    findings.signal.throwIfAborted();
    const message = await open(findings, line, String(id));
    if (message) messages.push(message);
  }
  return messages;
}

async function open({ signal }: Findings, { access }: Line, id: string): Promise<JsonObject | undefined> {
  try {
    return (await patiently(access, { method: 'GET', path: encodeURIComponent(id), query: { fields: FIELDS } }, signal)).body;
  } catch (error) {
    if (!isRejected(error)) throw error;
    return undefined;
  }
}
