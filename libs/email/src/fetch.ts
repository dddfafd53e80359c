import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImapFlow, ImapFlowError } from 'imapflow';
import type { Content, RawEvent } from '#libs/connector';
import type { FolderPlace } from './cursor.js';
import type { WatchedFolder } from './folders.js';
import { identityOf } from './identity.js';
import { searchUids } from './imap.js';
import { isBusy } from './imap-failure.js';
import { MailGone, mailPieces } from './mail-pieces.js';
import { partialMail } from './partial-mail.js';

/** Some mails in the order asked for. `uids` also counts those that were gone when we came to fetch them. */
export interface MailBatch {
  uids: number[];
  events: RawEvent[];
}

/** What mails are fetched from and into: the open folder, and a directory for those too large for memory. */
export interface MailSource {
  client: ImapFlow;
  folder: WatchedFolder;
  spool: string;
  /** Of mails with more bytes than this only headers and text are fetched. */
  maxBytes: number;
}

interface Facts {
  uid: number;
  size: number;
  receivedAt: Date;
}

const chunkMails = 200;
const batchMails = 100;
const batchBytes = 4 * 2 ** 20;
const inMemoryBytes = 2 ** 20;

/** How often the line may break at the same mail before that mail is held to be the reason. */
const maxStumbles = 3;

/** Our own disk did not take a mail. No fault of the mail or its server. */
export class SpoolFailure extends Error {
  constructor(cause: unknown) {
    super(`A large mail could not be kept: ${(cause as Error).message}`, { cause });
  }
}

/** The line broke while this mail, or one fetched together with it, was asked for. */
export class FetchFailure extends Error {
  constructor(
    readonly uid: number,
    override readonly cause: unknown,
  ) {
    super(`The mail with UID ${uid} could not be fetched`);
  }

  /** Where to go on with care after the line broke here. */
  stuckAt(before: FolderPlace['stuckAt']): FolderPlace['stuckAt'] {
    return { uid: this.uid, times: before?.uid === this.uid ? before.times + 1 : 1 };
  }
}

/**
 * Fetches mails by UID in batches small in number and bytes, without marking them as read. Throws {@link FetchFailure}.
 * Where the line broke before, mails are fetched one by one, and one that breaks it again and again is set aside.
 *
 * Between two batches the line may be used otherwise, even with another folder, if this one is open again at the next;
 * large mails leave room for that by empty batches.
 */
export async function* fetchMails(
  source: MailSource,
  uids: number[],
  place: Pick<FolderPlace, 'stuckAt'>,
): AsyncGenerator<MailBatch, void> {
  let careful = place.stuckAt ? chunkMails : 0;
  for (let start = 0; start < uids.length;) {
    const chunk = uids.slice(start, start + (careful ? 1 : chunkMails));
    start += chunk.length;
    const { stuckAt } = place;
    if (stuckAt && stuckAt.uid === chunk[0] && stuckAt.times >= maxStumbles) {
      yield { uids: chunk, events: [setAside(source, { uid: stuckAt.uid, size: 0, receivedAt: new Date() })] };
    } else {
      for (const batch of batchesOf(await factsOf(source.client, chunk), chunk)) {
        const [first] = batch;
        if (batch.length === 1 && first && first.size > inMemoryBytes) yield* fetchLarge(source, first);
        else yield { uids: batch.map(({ uid }) => uid), events: await fetchSmall(source, batch) };
      }
    }
    if (careful && --careful === 0) delete place.stuckAt;
  }
}

async function factsOf(client: ImapFlow, uids: number[]): Promise<Map<number, Facts>> {
  try {
    const mails = await client.fetchAll(uids, { uid: true, size: true, internalDate: true }, { uid: true });
    if (!client.usable || !client.mailbox) throw new Error('the connection was lost');
    return new Map(mails.map(({ uid, size = 0, internalDate }) => [uid, { uid, size, receivedAt: cameAt(internalDate) }]));
  } catch (error) {
    throw new FetchFailure(uids[0] ?? 0, error);
  }
}

/** Groups small mails; each large one stands alone. What is gone by now has no facts and stays among its neighbours. */
function batchesOf(facts: Map<number, Facts>, uids: number[]): Facts[][] {
  const batches: Facts[][] = [];
  let bytes = Infinity;
  for (const uid of uids) {
    const mail = facts.get(uid) ?? { uid, size: 0, receivedAt: new Date() };
    const large = mail.size > inMemoryBytes;
    if (large || bytes + mail.size > batchBytes || (batches.at(-1)?.length ?? 0) >= batchMails) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(mail);
    bytes = large ? Infinity : bytes + mail.size;
  }
  return batches;
}

/** One mail that the server refuses to hand over must not hold up the others. */
async function fetchSmall(source: MailSource, mails: Facts[]): Promise<RawEvent[]> {
  try {
    const sources = await sourcesOf(source.client, mails);
    const came = mails.filter(({ uid }) => sources.has(uid));
    const events = await Promise.all(came.map((mail) => toEvent(source, mail, sources.get(mail.uid) ?? null)));
    const absent = mails.filter(({ uid }) => !sources.has(uid));
    return absent.length ? [...events, ...(await withoutAnswer(source, absent))] : events;
  } catch (error) {
    if (isLineLost(source.client, error)) throw new FetchFailure(mails[0]?.uid ?? 0, error);
    if (mails.length === 1) return mails.map((mail) => setAside(source, mail));
    const events: RawEvent[] = [];
    for (const mail of mails) events.push(...(await fetchSmall(source, [mail])));
    return events;
  }
}

/** Mails the server did not hand over: gone, or told of in a way that imapflow passes over. What is still there is set aside, not lost. */
async function withoutAnswer(source: MailSource, mails: Facts[]): Promise<RawEvent[]> {
  const there = new Set(await searchUids(source.client, { uid: mails.map(({ uid }) => uid).join(',') }));
  return mails.filter(({ uid }) => there.has(uid)).map((mail) => setAside(source, mail));
}

async function sourcesOf(client: ImapFlow, mails: Facts[]): Promise<Map<number, Buffer | undefined>> {
  const uids = mails.map(({ uid }) => uid);
  const fetched = await client.fetchAll(uids, { uid: true, source: true }, { uid: true });
  // imapflow answers with nothing when the line is gone, which must not be taken for mails that are gone.
  if (!client.usable || !client.mailbox) throw new Error('the connection was lost');
  return new Map(fetched.map(({ uid, source }) => [uid, source]));
}

/** A large mail goes into a file; one above the limit, whatever size the server claimed, is taken in part. */
async function* fetchLarge(source: MailSource, mail: Facts): AsyncGenerator<MailBatch, void> {
  const { uid } = mail;
  try {
    const whole = mail.size > source.maxBytes ? null : yield* intoFile(source, mail);
    const event = await toEvent(source, mail, whole ?? (await partialMail(source.client, uid)));
    if (!whole) event.context.fullSize = String(mail.size);
    yield { uids: [uid], events: [event] };
  } catch (error) {
    if (error instanceof SpoolFailure) throw error;
    if (!(error instanceof MailGone) && isLineLost(source.client, error)) throw new FetchFailure(uid, error);
    yield { uids: [uid], events: error instanceof MailGone ? await withoutAnswer(source, [mail]) : [setAside(source, mail)] };
  }
}

/** Null when it is larger than the server said, and than is allowed. */
async function* intoFile({ client, spool, maxBytes }: MailSource, { uid }: Facts): AsyncGenerator<MailBatch, Content | null> {
  const path = join(spool, randomUUID());
  const file = await open(path, 'wx').catch(ours);
  let written = 0;
  let kept = false;
  try {
    for await (const piece of mailPieces(client, uid, maxBytes)) {
      if ((written += piece.length) > maxBytes) return null;
      // Not write(), which may take less than it is given where the disk is nearly full.
      await file.writeFile(piece).catch(ours);
      yield { uids: [], events: [] };
    }
    kept = true;
    return { path, size: written };
  } finally {
    await file.close();
    if (!kept) await rm(path, { force: true });
  }
}

const ours = (error: unknown) => {
  throw new SpoolFailure(error);
};

/** Whether it was the line that failed, or the server for the moment. Else it answered, about this mail alone. */
function isLineLost(client: ImapFlow, error: unknown): boolean {
  return !client.usable || !(error as ImapFlowError).responseStatus || isBusy(error);
}

/** When a mail came in, by the server's clock; now where it gives no date that there is, such as `00-Jan-0000`. */
export function cameAt(internalDate: Date | string | undefined): Date {
  const date = new Date(internalDate ?? NaN);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}

/** A mail without its bytes: it will be quarantined, for all to see. Nothing but its place is left to name it by. */
function setAside(source: MailSource, mail: Facts): RawEvent {
  return { key: placeKey(source, mail.uid), payload: Buffer.alloc(0), context: contextOf(source, mail), receivedAt: mail.receivedAt };
}

/** What a mail is called that has nothing but its place. */
export function placeKey(source: Pick<MailSource, 'client' | 'folder'>, uid: number): string {
  const { folder, uidValidity } = contextOf(source, { uid });
  return `uid:${folder}:${uidValidity}:${uid}`;
}

async function toEvent(source: MailSource, mail: Facts, payload: Content | null): Promise<RawEvent> {
  if (!payload || (Buffer.isBuffer(payload) ? payload.length : payload.size) === 0) return setAside(source, mail);
  const { key, messageId } = await identityOf(payload);
  return { key, ...(messageId && { platformId: messageId }), payload, context: contextOf(source, mail), receivedAt: mail.receivedAt };
}

function contextOf(
  { client, folder }: Pick<MailSource, 'client' | 'folder'>,
  { uid }: Pick<Facts, 'uid'>,
): RawEvent['context'] & { folder: string; uidValidity: string } {
  const uidValidity = client.mailbox ? String(client.mailbox.uidValidity) : '';
  return { folder: folder.path, role: folder.role, uid: String(uid), uidValidity };
}
