import type { ImapFlow } from 'imapflow';
import type { RawEvent, WatchContext } from '#libs/connector';
import { type FolderPlace, mayHaveNews, type Places } from './cursor.js';
import { FetchFailure, fetchMails, type MailBatch, placeKey } from './fetch.js';
import { openFolder, type WatchedFolder } from './folders.js';
import { searchUids } from './imap.js';
import { dueSetAside, inPlaceOf, letGo, nextTryMs, noteSetAside, noteTry } from './set-aside.js';
import type { EmailSettings } from './settings.js';

const day = 86_400_000;
const megabyte = 2 ** 20;
/** Providers end at 50 MB or below. */
const usualMegabytes = 50;

/** What the largest mail may have that is taken in whole, in bytes. */
export const maxMailBytes = ({ maxMegabytes = usualMegabytes }: EmailSettings) => maxMegabytes * megabyte;

/** Takes in the mail of one folder, batch by batch, so that others get their turn on the same line. */
export class FolderReader {
  private coming: AsyncGenerator<MailBatch, void> | null = null;
  private past: AsyncGenerator<MailBatch, void> | null = null;
  /** The folder's highestModseq when `coming` was searched for. */
  private searchedAt: string | undefined;

  constructor(
    readonly client: ImapFlow,
    readonly folder: WatchedFolder,
    private readonly places: Places,
    private readonly context: WatchContext<EmailSettings>,
    private readonly listed: string[],
  ) {}

  /** Makes the folder the open one. When its UIDs are others than we knew, what was under way begins anew. */
  async enter(): Promise<void> {
    const mailbox = await openFolder(this.client, this.folder.path);
    if (!this.places.open(this.folder.path, mailbox, this.listed)) return;
    await this.leave();
    await this.context.store([], this.places.saved());
  }

  /** Gives up what is under way; it is asked for again when the folder is read on. */
  async leave(): Promise<void> {
    const under = [this.coming, this.past];
    this.coming = this.past = null;
    for (const batches of under) await batches?.return();
  }

  /** Takes in one batch of new mail. False when there is none. */
  async news(): Promise<boolean> {
    if (!this.coming && !(await this.mayHaveNews())) return false;
    await this.enter();
    const batch = await this.next((this.coming ??= await this.search()));
    if (batch) await this.storeNews(batch);
    else {
      this.coming = null;
      this.place.highestModseq = this.searchedAt;
    }
    return batch !== null;
  }

  /** What changes after the search, however long its mails take, is looked at once more: so the folder's state is noted before. */
  private async search(): Promise<AsyncGenerator<MailBatch, void>> {
    const { highestModseq } = this.client.mailbox || {};
    this.searchedAt = highestModseq ? String(highestModseq) : undefined;
    return this.fetch(await this.newUids());
  }

  /** Imports one batch of what was there before, newest first. False when there is nothing left to import. */
  async history(): Promise<boolean> {
    const { backfill } = this.place;
    if (!backfill || backfill.below <= 1) return false;
    await this.enter();
    this.past ??= this.fetch(await this.remaining());
    const batch = await this.next(this.past);
    if (batch) await this.storeHistory(batch);
    else this.place.backfill = { below: 1, done: backfill.done, total: backfill.done };
    return true;
  }

  /** Tries one of the mails again that could not be fetched. False when none is to be tried now. */
  async again(): Promise<boolean> {
    if (!dueSetAside(this.place)) return false;
    await this.enter();
    const { place } = this;
    const mail = dueSetAside(place);
    if (!mail) return true;
    noteTry(place, mail.uid);
    await this.context.store([], this.places.saved());
    const fetched = await this.fetchAlone(mail.uid);
    const came = inPlaceOf(placeKey(this, mail.uid), mail, fetched);
    if (came.length || !fetched.length) letGo(place, mail.uid);
    await this.context.store(came, this.places.saved());
    return true;
  }

  /** In how many milliseconds there is a mail to be tried again; Infinity for never. */
  get nextTryMs(): number {
    return nextTryMs(this.place);
  }

  private async fetchAlone(uid: number): Promise<RawEvent[]> {
    const events: RawEvent[] = [];
    try {
      for await (const batch of this.fetch([uid], {})) events.push(...batch.events);
      return events;
    } catch (error) {
      throw error instanceof FetchFailure ? error.cause : error;
    }
  }

  /** Counts what there is to import, so that progress can be told over all folders from the start. */
  async count(): Promise<void> {
    if (this.place.backfill?.total !== null) return;
    await this.enter();
    await this.remaining();
  }

  private get place(): FolderPlace {
    const place = this.places.at(this.folder.path);
    if (!place) throw new Error(`${this.folder.path} was never entered`);
    return place;
  }

  private async mayHaveNews(): Promise<boolean> {
    const { path } = this.folder;
    if (this.client.mailbox && this.client.mailbox.path === path) return true;
    const state = await this.client.status(path, { uidNext: true, uidValidity: true, highestModseq: true });
    return mayHaveNews(this.place, state || {});
  }

  private async newUids(): Promise<number[]> {
    const { lastUid } = this.place;
    // Servers look for new mail at a NOOP (RFC 3501 §6.1.2); a search alone may not find what came since the last command.
    await this.client.noop();
    // `n:*` names the newest mail even when its UID is below n, hence the filter.
    return (await searchUids(this.client, { uid: `${lastUid + 1}:*` })).filter((uid) => uid > lastUid);
  }

  private async remaining(): Promise<number[]> {
    const { backfill, since } = this.place;
    if (!backfill || backfill.below <= 1) return [];
    const uids = (await searchUids(this.client, { uid: `1:${backfill.below - 1}`, ...sinceDay(since) })).reverse();
    backfill.total ??= uids.length;
    return uids;
  }

  private fetch(uids: number[], place: Pick<FolderPlace, 'stuckAt'> = this.place): AsyncGenerator<MailBatch, void> {
    const { client, folder, context } = this;
    return fetchMails({ client, folder, spool: context.spool, maxBytes: maxMailBytes(context.channel.settings) }, uids, place);
  }

  /** The next batch, or null at the end. Remembers where the line broke, for the next start to go on with care. */
  private async next(batches: AsyncGenerator<MailBatch, void>): Promise<MailBatch | null> {
    try {
      const { value } = await batches.next();
      return value ?? null;
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      this.place.stuckAt = error.stuckAt(this.place.stuckAt);
      if (!this.context.signal.aborted) await this.context.store([], this.places.saved());
      throw error.cause;
    }
  }

  private async storeNews({ uids, events }: MailBatch): Promise<void> {
    if (!uids.length) return;
    const { place } = this;
    place.lastUid = Math.max(...uids);
    for (const { receivedAt } of events) if (receivedAt > new Date(place.newestAt)) place.newestAt = receivedAt.toISOString();
    noteSetAside(place, events);
    await this.context.store(events, this.places.saved());
  }

  private async storeHistory({ uids, events }: MailBatch): Promise<void> {
    const { backfill, since, newestAt } = this.place;
    if (!backfill || !uids.length) return;
    backfill.below = Math.min(...uids);
    backfill.done += uids.length;
    const ours = events.filter(({ receivedAt }) => isOurs(since, receivedAt));
    // After a renumbering there may be mail among it that came in while we were away.
    const marked: RawEvent[] = ours.map((event) => ({ ...event, backfill: event.receivedAt <= new Date(newestAt) }));
    noteSetAside(this.place, marked);
    await this.context.store(marked, this.places.saved());
  }
}

/** Whether a folder's mail of that time is ours to have. */
export const isOurs = (since: string | null, receivedAt: Date) => !since || receivedAt >= new Date(since);

/**
 * What to search for to find all that is ours, and a little more. SINCE means whole days in the server's own time zone
 * (RFC 3501 §6.4.4). imapflow makes YOUNGER of it where it can (RFC 5032), which cannot name the present or the future.
 */
export function sinceDay(since: string | null): { since?: Date } {
  return since ? { since: new Date(Math.min(Date.parse(since), Date.now()) - day) } : {};
}
