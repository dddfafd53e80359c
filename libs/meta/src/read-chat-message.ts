import { MalformedPayload, type Card, type ChangeEvent, type InboundEvent, type LinkedFile, type MessageEvent } from '#libs/connector';
import { facts, pictureOrVideo, type Beside } from './attachments.js';
import { chatCopy } from './chat-copy.js';
import { directMessage, mayKeep, storyReply, withoutBlanks } from './direct-message.js';
import { emojiOf } from './emoji.js';
import { graphTime } from './graph-time.js';
import { asObject, asText, type JsonObject } from './json.js';
import { chatPartner, idOf, isOurs, type Told } from './meta-event.js';
import { rowsOf } from './rows.js';
import { webAddress } from './web-address.js';

/**
 * A message as the Conversations API has it. `from` is who sent it and nobody else; through Instagram Login the account may
 * stand there under another id of its own, which `own` knows. `apart` is absent where only its id tells it from others.
 */
export function readChatMessage(
  told: Told,
  { message, thread, own, apart }: { message: JsonObject; thread: JsonObject; own: string[]; apart?: string[] },
): InboundEvent[] {
  const mid = asText(message.id);
  const from = asObject(message.from);
  if (!mid || !idOf(from)) throw new MalformedPayload(`a message without ${mid ? 'its sender' : 'id'}`);
  const ours = (person: JsonObject | undefined) =>
    isOurs(told, person) || [idOf(person), asText(person?.username)].some((name) => name !== undefined && own.includes(name));
  const outbound = ours(from);
  const customerId = outbound ? idOf([...rows(message.to), ...rows(thread.participants)].find((person) => !ours(person))) : idOf(from);
  if (!customerId) throw new MalformedPayload('a message to nobody but the account itself');
  const text = asText(message.message) ?? '';
  const replyTo = asText(asObject(message.reply_to)?.mid) ?? asText(asObject(message.reply_to)?.id);
  const sentAt = graphTime(message.created_time);
  const said: MessageEvent = {
    ...directMessage(told, customerId, mid, sentAt),
    text,
    ...withoutBlanks(besideOf(told, message), text),
    ...(outbound && { direction: 'outbound' as const, sentBy: null }),
    ...(replyTo && { replyTo }),
  };
  return [{ ...said, ...(apart && chatCopy(said, 'read', apart)) }, ...reactionsOf(told, message, mid, sentAt ?? told.at, ours)];
}

/** Graph wraps every list. */
const rows = (list: unknown): JsonObject[] => rowsOf(asObject(list) ?? {});

function besideOf(told: Told, message: JsonObject): Beside {
  const story = asObject(message.story);
  const parts = [
    storyReply(asObject(story?.reply_to)),
    storyMention(asObject(story?.mention)),
    ...rows(message.attachments).map((attachment) => ofAttachment(attachment, mayKeep(told))),
    stickerOf(message, mayKeep(told)),
    ...rows(message.shares).map((share) => ofShare(share, told)),
  ];
  const beside = { linked: parts.flatMap(({ linked }) => linked), cards: parts.flatMap(({ cards }) => cards) };
  const blank = message.is_unsupported === true && !beside.linked.length && !beside.cards.length;
  return blank ? { linked: [], cards: [card('unsupported', null)] } : beside;
}

const nothing: Beside = { linked: [], cards: [] };
const card = (kind: Card['kind'], title: string | null, what: Record<string, string> = {}): Card => ({
  kind,
  title,
  url: null,
  facts: what,
});

/** Pictures, films and other files have their address in different places. Where privacy rules took it away, only a name is left. */
function ofAttachment(attachment: JsonObject, keep: boolean): Beside {
  const [image, video] = [asObject(attachment.image_data), asObject(attachment.video_data)];
  const url = [image?.url, video?.url, attachment.file_url, attachment.audio_url].map(webAddress).find((found) => found !== null);
  const name = asText(attachment.name);
  if (!url) return { linked: [], cards: [card('unsupported', name ?? null)] };
  const [kind, guess] = image ? ['photo', 'image/*'] : video ? ['video', 'video/*'] : ['file', 'application/octet-stream'];
  const filename = image?.render_as_sticker === true ? 'sticker' : (name ?? kind);
  return { linked: [{ filename, contentType: asText(attachment.mime_type) ?? guess, url, keep }], cards: [] };
}

/** A sticker may stand among the attachments as well. */
function stickerOf({ sticker, attachments }: JsonObject, keep: boolean): Beside {
  const url = webAddress(sticker);
  const among = rows(attachments).some(({ image_data }) => asObject(image_data)?.render_as_sticker === true);
  if (!url || among) return nothing;
  return { linked: [{ filename: 'sticker', contentType: 'image/*', url, keep }], cards: [] };
}

function storyMention(mention: JsonObject | undefined): Beside {
  if (!mention) return nothing;
  const story = card('story-mention', null, facts({ 'Story id': mention.id }));
  return { linked: linkTo(mention.link, 'story', pictureOrVideo), cards: [story] };
}

/** On Instagram a share has only the address of the picture or film itself, which dies; on Messenger it is a link. */
function ofShare({ link, name, id, template }: JsonObject, { connector }: Told): Beside {
  if (connector === 'instagram')
    return { linked: linkTo(link, 'shared post', 'image/*'), cards: [card('post', asText(name) ?? null, facts({ 'Post id': id }))] };
  const kind = template === undefined ? 'link' : 'template';
  return { linked: [], cards: [{ ...card(kind, asText(name) ?? null), url: webAddress(link) }] };
}

function linkTo(link: unknown, filename: string, contentType: string): LinkedFile[] {
  const url = webAddress(link);
  return url ? [{ filename, contentType, url, keep: false }] : [];
}

/** Who reacted is told, but not when: whatever a webhook tells of it is later. */
function reactionsOf(told: Told, { reactions }: JsonObject, of: string, at: Date, ours: (person: JsonObject) => boolean): ChangeEvent[] {
  return rows(reactions).flatMap(({ reaction, emoji, users }) =>
    (Array.isArray(users) ? users : rows(users)).flatMap((user: unknown) => {
      const [person, id] = [asObject(user) ?? {}, idOf(user)];
      if (!id) return [];
      const by = ours(person) ? null : chatPartner(told, id);
      const given = emojiOf(emoji, reaction);
      return [
        { type: 'change', of, key: `reaction:${of}:${id}:read:${given}`, at, change: { kind: 'reaction', by, emoji: given } } as const,
      ];
    }),
  );
}
