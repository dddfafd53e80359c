import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { releaseBytes } from './released-files.js';

/** The columns of the inbound ledger that conversations have a say in. By name, because its entity is the inbound side's. */
interface LedgerRow {
  id: string;
  channelId: string | null;
  platformId: string | null;
  payload: Buffer;
  payloadSha256: string | null;
  payloadSize: number;
  payloadKept: string;
  context: Record<string, string>;
  state: string;
  reason: string | null;
  settledAt: Date | null;
  waitingSince: Date | null;
}

const ledger = 'InboundEvent';

/** What stands there instead of what was taken back; `context.withdrawn` tells those who would take it in again. */
const withdrawn = Buffer.from(JSON.stringify({ withdrawn: true }));

const takenBack = 'It was taken back, so what it said was removed here, too.';

/** Removes what was handed over under these ids of the platform's, or in these rows. */
export async function redactLedger(manager: EntityManager, channelId: string, platformIds: string[], ids: string[]): Promise<void> {
  const rows = await manager.find<LedgerRow>(ledger, {
    select: { id: true, payloadSha256: true, context: true, state: true },
    where: [
      { channelId, platformId: In(platformIds) },
      { channelId, id: In(ids) },
    ],
  });
  for (const { id, payloadSha256, context, state } of rows.filter((row) => !row.context.withdrawn)) {
    if (payloadSha256) await releaseBytes(manager, payloadSha256);
    const instead = { payload: withdrawn, payloadSha256: null, payloadSize: withdrawn.length, payloadKept: 'whole' };
    // Why something could not be understood may quote it.
    const reason = state === 'quarantined' || state === 'received' ? { reason: takenBack } : {};
    await manager.update<LedgerRow>(ledger, { id }, { ...instead, ...reason, context: { ...context, withdrawn: 'true' } });
  }
}

/** What waited in these rows for its message has been applied. */
export async function noteApplied(manager: EntityManager, ids: Array<string | null>): Promise<void> {
  await endWaiting(manager, ids, { state: 'processed', reason: null });
}

/** What waited in these rows is waited for no longer. */
export async function noteGivenUp(manager: EntityManager, ids: Array<string | null>, reason: string): Promise<void> {
  await endWaiting(manager, ids, { reason });
}

async function endWaiting(manager: EntityManager, ids: Array<string | null>, become: Partial<LedgerRow>): Promise<void> {
  const known = [...new Set(ids)].filter((id) => id !== null);
  const waiting = { id: In(known), waitingSince: Not(IsNull()) };
  if (known.length) await manager.update<LedgerRow>(ledger, waiting, { ...become, waitingSince: null, settledAt: new Date() });
}

/** Whether some of what was handed over lies in the file store under this hash. */
export const hasPayload = (manager: EntityManager, payloadSha256: string): Promise<boolean> =>
  manager.existsBy<LedgerRow>(ledger, { payloadSha256 });
