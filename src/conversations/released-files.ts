import type { EntityManager } from 'typeorm';
import { newId } from '../database/columns.js';
import { Attachment } from './message.entity.js';

/** A row without a message whose bytes nobody needs any more on its account. Whoever sweeps media removes them once no other row refers to them: only after this transaction is that sure. */
const released = {
  messageId: null,
  uploadedBy: null,
  state: 'gone' as const,
  filename: '',
  contentType: '',
  remoteUrl: null,
  contentId: null,
};

/** Takes the files from a message for good. */
export async function releaseFiles(manager: EntityManager, messageId: string): Promise<void> {
  await manager.update(Attachment, { messageId }, { ...released, nextFetchAt: new Date() });
}

/** The same for bytes that no attachment had, or has any more. */
export async function releaseBytes(manager: EntityManager, sha256: string): Promise<void> {
  const now = new Date();
  await manager.insert(Attachment, { ...released, id: newId(), size: 0, sha256, fetchAttempts: 0, nextFetchAt: now, createdAt: now });
}
