import type { FetchMessageObject, ImapFlow } from 'imapflow';
import type { RawEvent } from '#libs/connector';
import { mailIdentity } from './identity.js';

/** Some mails in the order asked for. `uids` also counts those that were gone when we came to fetch them. */
export interface MailBatch {
  uids: number[];
  events: RawEvent[];
}

const batchMails = 50;
const batchBytes = 8 * 2 ** 20;
/** A mail larger than this is fetched in part, with a note about it; providers end at 50 MB or below. */
const maxMailBytes = 50 * 2 ** 20;
const partBytes = 2 ** 20;

/** Fetches mails by UID in batches small in number and bytes, without marking them as read. */
export async function* fetchMails(client: ImapFlow, folder: string, uids: number[]): AsyncGenerator<MailBatch> {
  for (let start = 0; start < uids.length; start += batchMails) {
    const chunk = uids.slice(start, start + batchMails);
    const sizes = new Map(
      (await client.fetchAll(chunk, { uid: true, size: true }, { uid: true })).map(({ uid, size }) => [uid, size ?? 0]),
    );
    for (const part of bySize(chunk, sizes)) yield { uids: part, events: await fetchPart(client, folder, part, sizes) };
  }
}

function bySize(uids: number[], sizes: Map<number, number>): number[][] {
  const parts: number[][] = [];
  let bytes = Infinity;
  for (const uid of uids) {
    const size = sizes.get(uid) ?? 0;
    if (bytes + size > batchBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(uid);
    bytes += size;
  }
  return parts;
}

async function fetchPart(client: ImapFlow, folder: string, uids: number[], sizes: Map<number, number>): Promise<RawEvent[]> {
  const tooLarge = uids.some((uid) => (sizes.get(uid) ?? 0) > maxMailBytes);
  const source = tooLarge ? { start: 0, maxLength: partBytes } : true;
  const mails = await client.fetchAll(uids, { uid: true, internalDate: true, size: true, source }, { uid: true });
  const uidValidity = client.mailbox ? String(client.mailbox.uidValidity) : '';
  const place = { folder, uidValidity };
  const order = new Map(uids.map((uid, index) => [uid, index]));
  return mails
    .filter((mail) => order.has(mail.uid))
    .sort((a, b) => (order.get(a.uid) ?? 0) - (order.get(b.uid) ?? 0))
    .map((mail) => toEvent(mail, place, tooLarge));
}

function toEvent(mail: FetchMessageObject, { folder, uidValidity }: { folder: string; uidValidity: string }, partial: boolean): RawEvent {
  const payload = mail.source ?? Buffer.alloc(0);
  return {
    // A server that cannot hand a mail over leaves nothing to name it by but its place.
    key: payload.length ? mailIdentity(payload) : `uid:${folder}:${uidValidity}:${mail.uid}`,
    payload,
    context: { folder, uid: String(mail.uid), uidValidity, ...(partial && { fullSize: String(mail.size) }) },
    receivedAt: mail.internalDate ? new Date(mail.internalDate) : new Date(),
  };
}
