import type { ImapFlow } from 'imapflow';
import type { Cursor, WatchContext } from '#libs/connector';
import { Backfill } from './backfill.js';
import { openCursor, type FolderCursor } from './cursor.js';
import { FetchFailure, fetchMails } from './fetch.js';
import { imapFailure, openMailbox, searchUids, type EmailOptions } from './imap.js';
import type { EmailSettings } from './settings.js';

/** The folder that is watched. The cursor knows folders by name, so that others can join it. */
const folder = 'INBOX';
/** IDLE connections die silently too, so even there we look by ourselves now and then. */
const idleLookSeconds = 300;

/**
 * Brings a mailbox's mail in, each exactly once, and keeps listening until the signal aborts.
 * What is new is decided by UID alone (RFC 3501 §2.3.1.1); flags are neither asked for nor changed.
 * Throws a {@link ConnectorError} when the line is lost (`unavailable`) or the login refused (`auth`).
 */
export async function watch(context: WatchContext<EmailSettings>, options: EmailOptions): Promise<void> {
  const { signal, channel } = context;
  if (signal.aborted) return;
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
    client = await openMailbox(channel.settings.imap, options, signal);
    await follow(client, { ...context, store }, options);
  } catch (error) {
    if (ourFailure) throw ourFailure;
    if (!signal.aborted) throw imapFailure(error, channel.settings.imap.host);
  } finally {
    signal.removeEventListener('abort', hangUp);
    client?.close();
  }
}

/** The mailbox as it stands now: the cursor of a channel that is being connected. */
export async function begin({ imap, importSince }: EmailSettings, options: EmailOptions): Promise<Cursor> {
  const client = await openMailbox(imap, options);
  try {
    return openCursor(null, folder, await client.mailboxOpen(folder, { readOnly: true }), importSince).saved();
  } catch (error) {
    throw imapFailure(error, imap.host);
  } finally {
    client.close();
  }
}

async function follow(client: ImapFlow, context: WatchContext<EmailSettings>, options: EmailOptions): Promise<void> {
  const bell = listen(client);
  const mailbox = await client.mailboxOpen(folder, { readOnly: true });
  const cursor = openCursor(context.cursor, folder, mailbox, context.channel.settings.importSince);
  if (cursor.changed) await context.store([], cursor.saved());
  const backfill = new Backfill(client, folder, cursor, context);
  try {
    while (!context.signal.aborted) {
      await takeNewMail(client, cursor, context);
      if (await backfill.step()) continue;
      context.healthy();
      await bell.rung(client.capabilities.has('IDLE') ? idleLookSeconds : options.pollSeconds, context.signal);
    }
  } catch (error) {
    if (error instanceof FetchFailure && !context.signal.aborted) await stumble(error, cursor, context);
    throw error instanceof FetchFailure ? error.cause : error;
  }
}

/** Remembers where the line broke, for the next start to go on with care. */
async function stumble({ uid }: FetchFailure, { place, saved }: FolderCursor, context: WatchContext<EmailSettings>): Promise<void> {
  const times = place.stuckAt?.uid === uid ? place.stuckAt.times + 1 : 1;
  place.stuckAt = { uid, times };
  await context.store([], saved());
}

async function takeNewMail(client: ImapFlow, { place, saved }: FolderCursor, context: WatchContext<EmailSettings>): Promise<void> {
  // `n:*` names the newest mail even when its UID is below n, hence the filter.
  const uids = (await searchUids(client, { uid: `${place.lastUid + 1}:*` })).filter((uid) => uid > place.lastUid);
  for await (const { uids: taken, events } of fetchMails(client, folder, uids, place)) {
    if (context.signal.aborted) return;
    place.lastUid = Math.max(...taken);
    for (const { receivedAt } of events) if (receivedAt > new Date(place.newestAt)) place.newestAt = receivedAt.toISOString();
    await context.store(events, saved());
  }
}

/** Waits for the server to say that something came in. Its counter is a hint only: a timer looks anyway. */
function listen(client: ImapFlow) {
  let due = false;
  let wake = () => {};
  for (const event of ['exists', 'close']) {
    client.on(event, () => {
      due = true;
      wake();
    });
  }
  return {
    rung: (seconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const goOn = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', goOn);
          due = false;
          resolve();
        };
        const timer = setTimeout(goOn, seconds * 1000);
        signal.addEventListener('abort', goOn, { once: true });
        wake = goOn;
        if (due || signal.aborted || !client.usable) goOn();
      }),
  };
}
