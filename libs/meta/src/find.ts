import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError, type Found, type Outgoing } from '#libs/connector';
import { envelopeOf, type Envelope } from './envelope.js';
import { answersUnder } from './find-comments.js';
import { messagesWith, privateChatOf, threadWith } from './find-messages.js';
import type { Line } from './line.js';
import { kindOfFile } from './upload.js';

/** A send that broke off may still be on its way through Meta for this long. */
const SETTLE_MS = 3000;
/** How long a look is put off, once, when Meta is in trouble or asks for a pause. */
const PATIENCE_MS = 15_000;
/** Clocks that are set by the network differ by less. */
const CLOCKS_AGREE_MS = 10_000;
/** Graph's times are whole seconds, cut. */
const ROUNDING_MS = 1000;

/** Something that stands at Meta; undefined for what could not be read. */
export interface Seen {
  id?: string;
  /** Whether our side wrote it. */
  ours?: boolean;
  text?: string;
  /** What its files are: `image`, `video`, `audio`, `file`; empty for what Meta does not tell. */
  files: string[];
  sentAt: number;
}

/** What was read of a place, and how far that reaches. */
export interface Look {
  seen: Seen[];
  /** Whether there is more that was not read. `newestFirst`: all of it older than what was. */
  more: boolean;
  newestFirst: boolean;
  /** Meta's clock minus ours, ms. */
  aheadMs: number;
}

type Reply = Omit<Outgoing, 'committing'>;

/**
 * Looks for a reply where it would stand, from the moment of its commitment on. `absent` only if all that came since could be
 * read; what is missing or unreadable is `unknown`.
 */
export async function findReply(reply: Reply, line: Line, since: Date): Promise<Found> {
  // Not longer, whatever has happened to the clock since.
  await sleep(Math.min(SETTLE_MS, Math.max(0, since.getTime() + SETTLE_MS - Date.now())));
  try {
    const look = await lookFor(envelopeOf(reply.envelope), line).catch((error: unknown) => onceMore(error, reply, line));
    return typeof look === 'string' ? { state: look } : judge(look, reply, since);
  } catch (error) {
    if (error instanceof ConnectorError) return { state: 'unknown' };
    throw error;
  }
}

/** For the sake of some seconds nobody should have to guess. */
async function onceMore(error: unknown, reply: Reply, line: Line): Promise<Look | 'absent' | 'unknown'> {
  const waitMs = error instanceof ConnectorError && error.retryable ? (error.retryAfterMs ?? SETTLE_MS) : Infinity;
  if (waitMs > PATIENCE_MS) throw error;
  await sleep(waitMs);
  return lookFor(envelopeOf(reply.envelope), line);
}

async function lookFor(envelope: Envelope, line: Line): Promise<Look | 'absent' | 'unknown'> {
  if (envelope.mode === 'public') return answersUnder(envelope.to, line);
  if (envelope.mode === null) return inThread(await threadWith(envelope.to.id, line), line, envelope.to.id);
  if (line.platform === 'messenger') {
    const chat = await privateChatOf('comment' in envelope.to ? envelope.to.comment : envelope.to.post, line);
    return chat.state === 'none' ? 'absent' : inThread(chat.id, line);
  }
  return envelope.author ? inThread(await threadWith(envelope.author, line), line, envelope.author) : 'unknown';
}

const inThread = (thread: string | undefined, line: Line, customer?: string) =>
  thread ? messagesWith(thread, line, customer) : Promise.resolve('unknown' as const);

/**
 * `since` is by our clock: moved onto Meta's, so that a clock that is off hides nothing. A clock that was set between the
 * commitment and now, or another machine's, could hide it all the same; then whatever says the same is too much to be sure.
 */
function judge({ seen, more, newestFirst, aheadMs }: Look, reply: Reply, since: Date): Found {
  const from = since.getTime() + aheadMs - 2 * ROUNDING_MS;
  const recent = seen.filter(({ sentAt }) => !(sentAt < from)).sort((a, b) => b.sentAt - a.sentAt);
  const candidates = recent.filter((one) => one.ours !== false && likeness(one, reply) !== 'other');
  const certain = candidates.find((one) => one.ours && one.id && likeness(one, reply) === 'same');
  if (certain?.id) return { state: 'sent', externalId: certain.id };
  const complete = !more || (newestFirst && recent.length < seen.length);
  const readable = recent.every((one) => !Number.isNaN(one.sentAt) && (one.ours === false || isReadable(one)));
  const doubtful = since.getTime() > Date.now() + CLOCKS_AGREE_MS || Math.abs(aheadMs) > CLOCKS_AGREE_MS;
  const hidden = doubtful && seen.some((one) => one.ours !== false && likeness(one, reply) !== 'other');
  return { state: complete && readable && !candidates.length && !hidden ? 'absent' : 'unknown' };
}

/** A file has no text, and no name that Meta would keep: its kind has to do. Sound may come back as a film, and films as files. */
function likeness({ text, files }: Seen, { text: ours, attachments: [file] }: Reply): 'same' | 'alike' | 'other' {
  if (ours.trim()) return text !== undefined && squeezed(text) === squeezed(ours) ? 'same' : 'other';
  if (!file || text) return 'other';
  const kind = kindOfFile(file.contentType);
  if (files.includes(kind)) return 'same';
  return kind !== 'image' && files.some((other) => other !== 'image') ? 'alike' : 'other';
}

const isReadable = ({ text, files }: Seen) => text !== undefined && (text !== '' || files.length > 0);

const squeezed = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();
