import { type EntityManager, In } from 'typeorm';
import { releaseBytes } from './released-files.js';

/** The columns of the inbound ledger that conversations have a say in. By name, because its entity is the inbound side's. */
interface LedgerRow {
  id: string;
  channelId: string | null;
  platformId: string | null;
  payload: Buffer;
  payloadSha256: string | null;
  payloadSize: number;
  context: Record<string, string>;
  state: string;
  reason: string | null;
}

const ledger = 'InboundEvent';

/** What stands there instead of what was taken back; `context.withdrawn` tells those who would take it in again. */
const withdrawn = Buffer.from(JSON.stringify({ withdrawn: true }));

/** Removes what was handed over under these ids of the platform's, or in these rows. */
export async function redactLedger(manager: EntityManager, channelId: string, platformIds: string[], ids: string[]): Promise<void> {
  const rows = await manager.find<LedgerRow>(ledger, {
    select: { id: true, payloadSha256: true, context: true },
    where: [
      { channelId, platformId: In(platformIds) },
      { channelId, id: In(ids) },
    ],
  });
  for (const { id, payloadSha256, context } of rows.filter((row) => !row.context.withdrawn)) {
    if (payloadSha256) await releaseBytes(manager, payloadSha256);
    const redacted = { payload: withdrawn, payloadSha256: null, payloadSize: withdrawn.length, context: { ...context, withdrawn: 'true' } };
    await manager.update<LedgerRow>(ledger, { id }, redacted);
  }
}

/** What waited for its message has been applied. */
export async function noteApplied(manager: EntityManager, ids: Array<string | null>): Promise<void> {
  const known = [...new Set(ids)].filter((id) => id !== null);
  if (known.length) await manager.update<LedgerRow>(ledger, { id: In(known), state: 'ignored' }, { state: 'processed', reason: null });
}

/** Whether some of what was handed over lies in the file store under this hash. */
export const hasPayload = (manager: EntityManager, payloadSha256: string): Promise<boolean> =>
  manager.existsBy<LedgerRow>(ledger, { payloadSha256 });
