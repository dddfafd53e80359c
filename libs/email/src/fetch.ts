import type { FetchMessageObject, ImapFlow, ImapFlowError } from 'imapflow';
import type { RawEvent } from '#libs/connector';
import type { FolderPlace } from './cursor.js';
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

/** How often the line may break at the same mail before that mail is held to be the reason. */
const maxStumbles = 5;

/** The line broke while this mail, or one fetched together with it, was asked for. */
export class FetchFailure extends Error {
  constructor(
    readonly uid: number,
    override readonly cause: unknown,
  ) {
    super(`The mail with UID ${uid} could not be fetched`);
  }
}

/**
 * Fetches mails by UID in batches small in number and bytes, without marking them as read. Throws {@link FetchFailure}.
 * Where the line broke before, mails are fetched one by one, and one that breaks it again and again is set aside.
 */
export async function* fetchMails(client: ImapFlow, folder: string, uids: number[], place: FolderPlace): AsyncGenerator<MailBatch, void> {
  let careful = place.stuckAt ? batchMails : 0;
  for (let start = 0; start < uids.length;) {
    const chunk = uids.slice(start, start + (careful ? 1 : batchMails));
    start += chunk.length;
    const { stuckAt } = place;
    if (stuckAt && stuckAt.uid === chunk[0] && stuckAt.times >= maxStumbles) {
      yield { uids: chunk, events: chunk.map((uid) => setAside(client, folder, uid)) };
    } else {
      const sizes = await sizesOf(client, chunk);
      for (const part of bySize(chunk, sizes)) {
        const partial = part.some((uid) => (sizes.get(uid) ?? 0) > maxMailBytes);
        yield { uids: part, events: await fetchPart(client, folder, part, partial) };
      }
    }
    if (careful && --careful === 0) delete place.stuckAt;
  }
}

async function sizesOf(client: ImapFlow, uids: number[]): Promise<Map<number, number>> {
  try {
    const mails = await client.fetchAll(uids, { uid: true, size: true }, { uid: true });
    return new Map(mails.map(({ uid, size }) => [uid, size ?? 0]));
  } catch (error) {
    throw new FetchFailure(uids[0] ?? 0, error);
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

/** One mail that the server refuses to hand over must not hold up the others. */
async function fetchPart(client: ImapFlow, folder: string, uids: number[], partial: boolean): Promise<RawEvent[]> {
  try {
    const mails = await fetchSources(client, uids, partial);
    return mails.map((mail) => toEvent(client, folder, mail, partial));
  } catch (error) {
    if (!client.usable || !(error as ImapFlowError).responseStatus) throw new FetchFailure(uids[0] ?? 0, error);
    if (uids.length === 1) return uids.map((uid) => setAside(client, folder, uid));
    const events: RawEvent[] = [];
    for (const uid of uids) events.push(...(await fetchPart(client, folder, [uid], partial)));
    return events;
  }
}

/** A mail without its bytes: it will be quarantined, for all to see. */
const setAside = (client: ImapFlow, folder: string, uid: number) => toEvent(client, folder, { seq: 0, uid }, false);

async function fetchSources(client: ImapFlow, uids: number[], partial: boolean): Promise<FetchMessageObject[]> {
  const source = partial ? { start: 0, maxLength: partBytes } : true;
  const mails = await client.fetchAll(uids, { uid: true, internalDate: true, size: true, source }, { uid: true });
  const order = new Map(uids.map((uid, index) => [uid, index]));
  const rank = ({ uid }: FetchMessageObject) => order.get(uid) ?? 0;
  return mails.filter(({ uid }) => order.has(uid)).sort((a, b) => rank(a) - rank(b));
}

function toEvent(client: ImapFlow, folder: string, mail: FetchMessageObject, partial: boolean): RawEvent {
  const payload = mail.source ?? Buffer.alloc(0);
  const uidValidity = client.mailbox ? String(client.mailbox.uidValidity) : '';
  return {
    // Nothing but its place is left to name a mail by that the server keeps to itself.
    key: payload.length ? mailIdentity(payload) : `uid:${folder}:${uidValidity}:${mail.uid}`,
    payload,
    context: { folder, uid: String(mail.uid), uidValidity, ...(partial && { fullSize: String(mail.size) }) },
    receivedAt: mail.internalDate ? new Date(mail.internalDate) : new Date(),
  };
}
