import { type EntityManager, In } from 'typeorm';
import { Identity } from '../contacts/contact.entity.js';
import { Attachment } from '../conversations/message.entity.js';
import type { Closing } from './format.js';

const batch = 500;

/** Rows say of files that are not in the backup that they are gone, instead of promising them. */
export async function noteAbsentFiles(manager: EntityManager, { released, missing, damaged }: Closing): Promise<void> {
  const absent = [...released, ...missing, ...damaged];
  for (let from = 0; from < absent.length; from += batch) {
    const some = In(absent.slice(from, from + batch));
    await manager.update(Attachment, { sha256: some }, { state: 'gone' });
    await manager.update(Identity, { pictureSha256: some }, { pictureSha256: null });
    // By name: its entity is the inbound side's.
    await manager.update('InboundEvent', { payloadSha256: some }, { payloadSha256: null, payloadKept: 'dropped' });
  }
}
