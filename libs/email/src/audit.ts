import type { FetchMessageObject, ImapFlow } from 'imapflow';
import type { Audit, AuditContext, RawEvent } from '#libs/connector';
import { type FolderPlace, Places } from './cursor.js';
import { cameAt, FetchFailure, fetchMails } from './fetch.js';
import { isOurs, maxMailBytes, sinceDay } from './folder-reader.js';
import { openFolder, planFolders, type WatchedFolder } from './folders.js';
import { type EmailOptions, openMailbox, readable, searchUids } from './imap.js';
import { imapFailure } from './imap-failure.js';
import { idIn } from './message-id-header.js';
import type { EmailSettings } from './settings.js';

const batchMails = 500;

type Context = AuditContext<EmailSettings>;
type Described = Pick<FetchMessageObject, 'uid' | 'internalDate' | 'headers'>;

/**
 * Compares all mail that should have been taken in by now with what was stored, by Message-ID, and takes in what was not.
 * Mails that have none, or share theirs with others, are fetched to be compared by their key.
 * Mail from before the channel was connected comes in as history; later mail does not, since nobody saw it yet.
 */
export async function audit(context: Context, options: EmailOptions): Promise<Audit> {
  const settings = readable(context.channel.settings);
  const result: Audit = { there: 0, here: 0, missing: [], reimported: 0 };
  if (!settings) return result;
  const connect = () => openMailbox(settings, options, 'errand', context.signal);
  const line = new Line(connect, await connect());
  const hangUp = () => line.client.close();
  context.signal.addEventListener('abort', hangUp, { once: true });
  try {
    const { folders } = await planFolders(line.client, settings.folders);
    const ids = new MessageIds();
    for (const folder of folders) result.there += await gather(line, folder, context, ids);
    for (const { folder, uids } of await ids.doubtful(folders, context)) await compare(line, folder, uids, context, result);
    return { ...result, here: result.there - result.missing.length };
  } catch (error) {
    throw imapFailure(error, settings.imap.host);
  } finally {
    context.signal.removeEventListener('abort', hangUp);
    line.client.close();
  }
}

/** The connection of an audit; a mail that breaks it does not end the audit. */
class Line {
  constructor(
    private readonly connect: () => Promise<ImapFlow>,
    public client: ImapFlow,
  ) {}

  async again(): Promise<void> {
    this.client.close();
    this.client = await this.connect();
  }
}

/** Where each Message-ID was seen. Of 100 000 mails that is some 20 MB; the mails themselves are never held. */
class MessageIds {
  private readonly places = new Map<string, Array<{ folder: WatchedFolder; uid: number }>>();
  private readonly nameless = new Map<WatchedFolder, number[]>();

  add(folder: WatchedFolder, mail: Described): void {
    const id = mail.headers && idIn(mail.headers);
    if (id) listIn(this.places, id).push({ folder, uid: mail.uid });
    else listIn(this.nameless, folder).push(mail.uid);
  }

  /** Mails that the counts do not prove stored: without an id, with one nobody stored, or seen more often than stored. */
  async doubtful(folders: WatchedFolder[], { stored }: Context): Promise<Array<{ folder: WatchedFolder; uids: number[] }>> {
    const doubts = new Map(folders.map((folder) => [folder, [...(this.nameless.get(folder) ?? [])]]));
    const ids = [...this.places.keys()];
    for (let start = 0; start < ids.length; start += batchMails) {
      const batch = ids.slice(start, start + batchMails);
      const counts = await stored(batch);
      for (const id of batch) {
        const places = this.places.get(id) ?? [];
        if (places.length > (counts.get(id) ?? 0)) for (const { folder, uid } of places) doubts.get(folder)?.push(uid);
      }
    }
    return folders.map((folder) => ({ folder, uids: (doubts.get(folder) ?? []).sort((a, b) => a - b) }));
  }
}

function listIn<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Notes the Message-IDs of all mails of a folder that should be stored by now; resolves with how many these are. */
async function gather(line: Line, folder: WatchedFolder, context: Context, ids: MessageIds): Promise<number> {
  const place = new Places(context.cursor, context.channel.settings).at(folder.path);
  const mailbox = await openFolder(line.client, folder.path);
  // With other UIDs than the watcher saw, it is about to look through everything by itself.
  if (!place || String(mailbox.uidValidity) !== place.uidValidity) return 0;
  const uids = await uidsToHave(line.client, place);
  let there = 0;
  for (let start = 0; start < uids.length; start += batchMails) {
    context.signal.throwIfAborted();
    const mails = await describe(line, folder, uids.slice(start, start + batchMails));
    const ours = mails.filter(({ internalDate }) => isOurs(place.since, cameAt(internalDate)));
    for (const mail of ours) ids.add(folder, mail);
    there += ours.length;
  }
  return there;
}

/** Asks for date and Message-ID. Where that breaks the line, by halves, until the mail to blame stands alone and has neither. */
async function describe(line: Line, folder: WatchedFolder, uids: number[]): Promise<Described[]> {
  try {
    await openFolder(line.client, folder.path);
    const mails = await line.client.fetchAll(uids, { uid: true, internalDate: true, headers: ['message-id'] }, { uid: true });
    if (!line.client.usable || !line.client.mailbox) throw new Error('the connection was lost');
    return mails;
  } catch {
    await line.again();
    if (uids.length <= 1) return uids.map((uid) => ({ uid }));
    const half = Math.ceil(uids.length / 2);
    return [...(await describe(line, folder, uids.slice(0, half))), ...(await describe(line, folder, uids.slice(half)))];
  }
}

/** What the watcher has passed: neither what is newer, nor what a running import has yet to come to. */
async function uidsToHave(client: ImapFlow, { lastUid, since, backfill }: FolderPlace): Promise<number[]> {
  const from = backfill ? Math.max(1, backfill.below) : 1;
  if (lastUid < from) return [];
  const uids = await searchUids(client, { uid: `${from}:${lastUid}`, ...sinceDay(since) });
  return uids.filter((uid) => uid >= from && uid <= lastUid);
}

/** Fetches mails as the watcher does and has them stored; those that were new had been missing. */
async function compare(line: Line, folder: WatchedFolder, uids: number[], context: Context, result: Audit): Promise<void> {
  const known = new Places(context.cursor, context.channel.settings).at(folder.path);
  const place: Pick<FolderPlace, 'stuckAt'> = {};
  let left = uids;
  while (left.length) {
    try {
      await openFolder(line.client, folder.path);
      const source = { client: line.client, folder, spool: context.spool, maxBytes: maxMailBytes(context.channel.settings) };
      for await (const { uids: taken, events } of fetchMails(source, left, place)) {
        await reimport(events, known, context, result);
        left = left.slice(taken.length);
      }
      return;
    } catch (error) {
      if (!(error instanceof FetchFailure) || context.signal.aborted) throw error;
      place.stuckAt = error.stuckAt(place.stuckAt);
      await line.again();
    }
  }
}

async function reimport(events: RawEvent[], place: FolderPlace | undefined, context: Context, result: Audit): Promise<void> {
  if (!events.length) return;
  const startedAt = place?.startedAt ?? place?.since ?? place?.newestAt;
  const marked = events.map((event) => ({ ...event, backfill: !!startedAt && event.receivedAt < new Date(startedAt) }));
  const fresh = new Set(await context.store(marked));
  for (const { key, platformId, receivedAt, context: at } of marked) {
    if (!fresh.delete(key)) continue;
    result.missing.push({ platformId: platformId ?? null, place: `${at.folder}, UID ${at.uid}`, receivedAt, key });
    result.reimported++;
  }
}
