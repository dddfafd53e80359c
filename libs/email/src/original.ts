import { Readable } from 'node:stream';
import type { ImapFlow } from 'imapflow';
import { type ChannelAccess, ConnectorError, type RawEvent } from '#libs/connector';
import { openFolder, planFolders } from './folders.js';
import { type EmailOptions, mustBeReadable, openMailbox, searchUids } from './imap.js';
import { imapFailure } from './imap-failure.js';
import { idIn } from './message-id-header.js';
import { MailGone, mailPieces } from './mail-pieces.js';
import type { EmailSettings } from './settings.js';

/** Servers count sizes wrongly. */
const slackBytes = 64 * 2 ** 20;
/** A reader that stands still must not hold a connection for ever. */
const patienceMs = 15 * 60_000;

/**
 * The whole of a mail, straight from the mailbox, be it where it was found or, moved since, in another watched folder.
 * The connection ends with the stream. Throws {@link ConnectorError}: `rejected` when the mail is gone.
 */
export async function original(
  { context, platformId }: Pick<RawEvent, 'context' | 'platformId'>,
  { settings }: ChannelAccess<EmailSettings>,
  options: EmailOptions,
): Promise<Readable> {
  const mailbox = mustBeReadable(settings);
  const client = await openMailbox(mailbox, options, 'errand');
  try {
    const { uid, size } = (await atItsPlace(client, context)) ?? (await byItsId(client, platformId, settings.folders, context)) ?? gone();
    const pieces = mailPieces(client, uid, 2 * size + slackBytes);
    // Asked for before we answer, so that a failure is told instead of an empty file given.
    const first = await pieces.next();
    const stream = Readable.from(inOrder(first, pieces), { objectMode: false, signal: AbortSignal.timeout(patienceMs) });
    return stream.once('close', () => client.close());
  } catch (error) {
    client.close();
    if (error instanceof MailGone) gone();
    throw imapFailure(error, mailbox.imap.host);
  }
}

async function* inOrder(first: IteratorResult<Buffer, void>, pieces: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  if (first.value) yield first.value;
  yield* pieces;
}

interface Place {
  uid: number;
  size: number;
}

async function atItsPlace(client: ImapFlow, { folder, uid, uidValidity }: RawEvent['context']): Promise<Place | null> {
  if (!folder || !uid) return null;
  const { listed } = await planFolders(client);
  if (!listed.includes(folder)) return null;
  const mailbox = await openFolder(client, folder);
  return String(mailbox.uidValidity) === uidValidity ? placeOf(client, Number(uid)) : null;
}

/** Of several with one Message-ID the one of the right size, if it is known. */
async function byItsId(
  client: ImapFlow,
  messageId: string | undefined,
  chosen: string[] | undefined,
  { fullSize }: RawEvent['context'],
): Promise<Place | null> {
  if (!messageId) return null;
  for (const { path } of (await planFolders(client, chosen)).folders) {
    await openFolder(client, path);
    const places: Place[] = [];
    for (const uid of await searchUids(client, { header: { 'message-id': messageId } })) {
      // A search finds every id that this one is a part of.
      const place = await placeOf(client, uid);
      if (place?.messageId === messageId) places.push(place);
    }
    const found = places.find(({ size }) => String(size) === fullSize) ?? places[0];
    if (found) return found;
  }
  return null;
}

async function placeOf(client: ImapFlow, uid: number): Promise<(Place & { messageId?: string }) | null> {
  const mail = await client.fetchOne(uid, { uid: true, size: true, headers: ['message-id'] }, { uid: true });
  if (!mail) return null;
  return { uid, size: mail.size ?? 0, messageId: mail.headers && idIn(mail.headers) };
}

function gone(): never {
  throw new ConnectorError(
    'rejected',
    'This mail is no longer in the mailbox: it was deleted there, or moved to a folder that is not read',
  );
}
