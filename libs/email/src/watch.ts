import { once } from 'node:events';
import type { ImapFlow, ImapFlowError } from 'imapflow';
import type { Cursor, WatchContext } from '#libs/connector';
import { type Bell, listen } from './bell.js';
import { Places } from './cursor.js';
import { SpoolFailure } from './fetch.js';
import { FolderReader } from './folder-reader.js';
import { type FolderPlan, missingFolders, openFolder, planFolders } from './folders.js';
import { type EmailOptions, openMailbox, readable, type ReadableSettings, withMailbox } from './imap.js';
import { imapFailure } from './imap-failure.js';
import type { EmailSettings } from './settings.js';

/** IDLE connections die silently too, so even there we look by ourselves now and then. */
const idleLookSeconds = 300;
const planMs = 600_000;
/** An access token that runs out within so many milliseconds may be why a server hangs up: its clock is not ours. */
const tokenSlackMs = 120_000;

/**
 * Brings a mailbox's mail in, each exactly once, and keeps listening until the signal aborts.
 * What is new is decided by UID alone (RFC 3501 §2.3.1.1); flags are neither asked for nor changed.
 * Throws a {@link ConnectorError} when the line is lost (`unavailable`) or the login refused (`auth`); resolves when the
 * server hung up because the access token ran out, which is in order.
 */
export async function watch(context: WatchContext<EmailSettings>, options: EmailOptions): Promise<void> {
  const { signal } = context;
  const settings = readable(context.channel.settings);
  if (signal.aborted) return;
  if (!settings) {
    context.healthy();
    return void (await once(signal, 'abort'));
  }
  let client: ImapFlow | undefined;
  let ourFailure: Error | undefined;
  const store: typeof context.store = (events, cursor) =>
    context.store(events, cursor).catch((error: Error) => {
      ourFailure = error;
      throw error;
    });
  const hangUp = () => client?.close();
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    client = await openMailbox(settings, options, 'watch', signal);
    const mailbox = new MailboxWatch(client, { ...context, store }, options);
    await mailbox.run().finally(() => mailbox.leave());
  } catch (error) {
    if (ourFailure || error instanceof SpoolFailure) throw ourFailure ?? error;
    if (signal.aborted || (client && isTokenOver(settings, error))) return;
    throw imapFailure(error, settings.imap.host);
  } finally {
    signal.removeEventListener('abort', hangUp);
    client?.close();
  }
}

/** The folders as they stand now: the cursor of a channel that is being connected, or that gets others to read. */
export async function begin(settings: EmailSettings, saved: Cursor | null, options: EmailOptions): Promise<Cursor> {
  if (!settings.imap) return saved ?? {};
  const places = new Places(saved, settings);
  await withMailbox(settings, options, async (client) => {
    const { folders, listed } = await planFolders(client, settings.folders);
    for (const { path } of folders) places.open(path, await openFolder(client, path), listed);
  });
  return places.saved();
}

/** One line, several folders: it listens in the first of them, and looks after the others at each poll. */
class MailboxWatch {
  private readonly places: Places;
  private readonly bell: Bell;
  private plan: FolderPlan = { folders: [], missing: [], listed: [], all: null };
  private readers: FolderReader[] = [];
  private due: FolderReader[] = [];
  private planAt = 0;
  private pollAt = 0;

  constructor(
    private readonly client: ImapFlow,
    private readonly context: WatchContext<EmailSettings>,
    private readonly options: EmailOptions,
  ) {
    this.places = new Places(context.cursor, context.channel.settings);
    this.bell = listen(client);
  }

  /** New mail of the first folder goes before all else, then that of the others, then history: a batch at a time. Last come mails that may break the line. */
  async run(): Promise<void> {
    while (!this.context.signal.aborted) {
      try {
        if (performance.now() >= this.planAt) await this.look();
        if ((await this.readers[0]?.news()) || (await this.othersNews()) || (await this.history()) || (await this.again())) continue;
        await this.rest();
      } catch (error) {
        if (!isFolderGone(error)) throw error;
        // Some of the others may not have been entered yet.
        await this.leave();
        this.readers = [];
        this.planAt = 0;
      }
    }
  }

  async leave(): Promise<void> {
    for (const reader of this.readers) await reader.leave();
  }

  /** Folders are made, renamed and deleted while we read. */
  private async look(): Promise<void> {
    const { client, places, context } = this;
    this.plan = await planFolders(client, context.channel.settings.folders);
    this.planAt = performance.now() + planMs;
    const { folders, listed } = this.plan;
    const known = new Map(this.readers.map((reader) => [reader.folder.path, reader]));
    for (const reader of this.readers) if (!folders.some(({ path }) => path === reader.folder.path)) await reader.leave();
    this.readers = folders.map((folder) => known.get(folder.path) ?? new FolderReader(client, folder, places, context, listed));
    for (const reader of this.readers.toReversed()) {
      if (known.get(reader.folder.path) === reader) continue;
      await reader.enter();
      await reader.count();
    }
    this.pollAt = 0;
  }

  private async othersNews(): Promise<boolean> {
    if (performance.now() >= this.pollAt) {
      this.due = this.readers.slice(1);
      this.pollAt = performance.now() + this.options.pollSeconds * 1000;
    }
    for (let reader; (reader = this.due[0]); this.due.shift()) if (await reader.news()) return true;
    return false;
  }

  private async history(): Promise<boolean> {
    for (const reader of this.readers) {
      if (!(await reader.history())) continue;
      this.tell();
      return true;
    }
    if (this.places.endImports(this.watched)) await this.context.store([], this.places.saved());
    return false;
  }

  private async again(): Promise<boolean> {
    for (const reader of this.readers) if (await reader.again()) return true;
    return false;
  }

  /** Everything is taken in: listens until something comes, or it is time to look. */
  private async rest(): Promise<void> {
    const { client, context, options } = this;
    const [first, ...others] = this.readers;
    // While another folder was open, nobody told us about this one: it is looked at once more.
    if (first && !(client.mailbox && client.mailbox.path === first.folder.path)) return first.enter();
    this.tell();
    const idles = first && client.capabilities.has('IDLE');
    const nextTry = Math.min(...this.readers.map(({ nextTryMs }) => nextTryMs)) / 1000;
    const seconds = idles && !others.length ? idleLookSeconds : options.pollSeconds;
    await this.bell.rung(Math.min(seconds, nextTry), context.signal);
    if (!client.usable) throw new Error('the connection was lost');
    if (!first) this.planAt = 0;
  }

  private get watched(): string[] {
    return this.plan.folders.map(({ path }) => path);
  }

  private tell(): void {
    this.context.healthy(this.places.progress(this.watched) ?? undefined, missingFolders(this.plan) ?? undefined);
  }
}

function isFolderGone(error: unknown): boolean {
  const { mailboxMissing, code } = error as ImapFlowError & { mailboxMissing?: boolean };
  return mailboxMissing === true || code === 'NotFound';
}

/** A session ends with the token that opened it (Microsoft hangs up on the minute); it goes on with a fresh one. */
function isTokenOver({ oauth }: ReadableSettings, error: unknown): boolean {
  if (!oauth || (error as ImapFlowError).authenticationFailed) return false;
  return (
    Date.parse(oauth.expiresAt) - tokenSlackMs < Date.now() || /token.?(has )?expired/i.test((error as { reason?: string }).reason ?? '')
  );
}
