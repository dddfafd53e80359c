import type { ImapFlow } from 'imapflow';

const pieceBytes = 2 ** 20;

/** A mail that was there a moment ago was deleted or moved away. */
export class MailGone extends Error {}

/**
 * The bytes of a mail of the open folder, a piece at a time, so that a large one is never whole in memory. `size` is a hint:
 * some servers count wrongly. Throws {@link MailGone}. Between two pieces other commands may be given, in this folder.
 */
export async function* mailPieces(client: ImapFlow, uid: number, size: number): AsyncGenerator<Buffer, void> {
  let start = 0;
  for (let length = pieceBytes; length === pieceBytes; start += length) {
    const source = await piece(client, uid, start);
    if (source.length) yield source;
    // A server that ignores the range sends the whole mail at once, and would do so for ever.
    ({ length } = source);
    if (start > 2 * size + 8 * pieceBytes) throw new Error(`the mail with UID ${uid} does not end`);
  }
}

async function piece(client: ImapFlow, uid: number, start: number): Promise<Buffer> {
  const mail = await client.fetchOne(uid, { uid: true, source: { start, maxLength: pieceBytes } }, { uid: true });
  // imapflow answers in the same way when the line is gone.
  if (!client.usable || !client.mailbox) throw new Error('the connection was lost');
  if (!mail) throw new MailGone(`the mail with UID ${uid} is no longer there`);
  return mail.source ?? Buffer.alloc(0);
}
