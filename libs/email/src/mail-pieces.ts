import type { ImapFlow } from 'imapflow';

const pieceBytes = 2 ** 20;

/** A mail that was there a moment ago was deleted or moved away. */
export class MailGone extends Error {}

/**
 * The bytes of a mail of the open folder, a piece at a time, so that a large one is never whole in memory.
 * Throws {@link MailGone}, and when it does not end within `maxBytes`, which is left to the caller as servers count sizes
 * wrongly. Between two pieces other commands may be given, if the folder is open again at the next.
 */
export async function* mailPieces(client: ImapFlow, uid: number, maxBytes: number): AsyncGenerator<Buffer, void> {
  let start = 0;
  for (let length = pieceBytes; length === pieceBytes; start += length) {
    // A server that ignores the range sends the same again, and would do so for ever.
    if (start > maxBytes) throw new Error(`the mail with UID ${uid} does not end`);
    const source = await piece(client, uid, start);
    if (source.length) yield source;
    ({ length } = source);
  }
}

async function piece(client: ImapFlow, uid: number, start: number): Promise<Buffer> {
  const mail = await client.fetchOne(uid, { uid: true, source: { start, maxLength: pieceBytes } }, { uid: true });
  // imapflow answers in the same way when the line is gone.
  if (!client.usable || !client.mailbox) throw new Error('the connection was lost');
  if (!mail) throw new MailGone(`the mail with UID ${uid} is no longer there`);
  return mail.source ?? Buffer.alloc(0);
}
