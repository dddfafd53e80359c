import type { ImapFlow } from 'imapflow';
import type { WatchContext } from '#libs/connector';
import type { FolderCursor } from './cursor.js';
import { fetchMails, type MailBatch } from './fetch.js';
import { searchUids } from './imap.js';
import type { EmailSettings } from './settings.js';

const day = 86_400_000;

/** The import of a folder's past: newest first, batch by batch between looks for new mail, resumed where it was left. */
export class Backfill {
  private batches: AsyncGenerator<MailBatch, void> | null = null;

  constructor(
    private readonly client: ImapFlow,
    private readonly folder: string,
    private readonly cursor: FolderCursor,
    private readonly context: WatchContext<EmailSettings>,
  ) {}

  /** Imports one batch. Resolves to false when there is no history left to import. */
  async step(): Promise<boolean> {
    if (!this.cursor.place.backfill) return false;
    this.batches ??= fetchMails(this.client, this.folder, await this.remaining(), this.cursor.place);
    const next = await this.batches.next();
    if (!next.done) await this.store(next.value);
    else await this.finish();
    return !next.done;
  }

  private async remaining(): Promise<number[]> {
    const { backfill, since } = this.cursor.place;
    if (!backfill || backfill.below <= 1) return [];
    const range = { uid: `1:${backfill.below - 1}` };
    // SINCE means whole days in the server's own time zone (RFC 3501 §6.4.4); the rest is told apart when fetched.
    // imapflow makes YOUNGER of it where it can (RFC 5032), which cannot name the present or the future.
    const query = since ? { ...range, since: new Date(Math.min(Date.parse(since), Date.now()) - day) } : range;
    const uids = (await searchUids(this.client, query)).reverse();
    backfill.total ??= uids.length;
    return uids;
  }

  private async store({ uids, events }: MailBatch): Promise<void> {
    const { backfill, since, newestAt } = this.cursor.place;
    if (!backfill) return;
    backfill.below = Math.min(...uids);
    backfill.done += uids.length;
    const ours = events.filter(({ receivedAt }) => !since || receivedAt >= new Date(since));
    // After a renumbering there may be mail among it that came in while we were away.
    const marked = ours.map((event) => ({ ...event, backfill: event.receivedAt <= new Date(newestAt) }));
    await this.context.store(marked, this.cursor.saved());
    this.context.healthy({ done: backfill.done, total: backfill.total ?? backfill.done });
  }

  private async finish(): Promise<void> {
    delete this.cursor.place.backfill;
    await this.context.store([], this.cursor.saved());
  }
}
