import type { ReceiptEvent } from '#libs/connector';
import { type Delivery, type DeliveryState, noError, type RecipientFate } from './delivery.entity.js';

/** What a receipt changes in a delivery. `news`: it came back. */
export interface Outcome {
  change: Partial<Delivery>;
  news: boolean;
}

type Facts = Pick<Delivery, 'state' | 'recipients' | 'errorCode' | 'errorMessage'>;
type Fault = NonNullable<ReceiptEvent['error']>;

/** How far each state is on its way; a receipt never takes one back, whatever order receipts come in. */
const progress: Record<RecipientFate['state'], number> = { queued: 0, sent: 1, delayed: 2, delivered: 3, refused: 4, failed: 4 };

/**
 * Settles a delivery by a receipt, or null when it tells nothing new. A failure is the last word, also over a delivery to a
 * server before. Of several recipients each has a fate of its own, and the reply failed when none has it.
 */
export function settle(delivery: Facts, receipt: ReceiptEvent): Outcome | null {
  const before = fatesOf(delivery, receipt);
  const after = before.map((fate) => (isAbout(fate, receipt, before) ? advanced(fate, receipt) : fate));
  const moved = after.some((fate, at) => fate !== before[at]);
  const state = stateAfter(delivery.state, after, receipt);
  if (!moved && state === delivery.state) return null;
  // Somebody whom the server put off still gets it at the next attempt.
  const goesOn = isUnderWay(state) || after.some((fate) => fate.state === 'queued');
  const settled = goesOn ? {} : { nextAttemptAt: null, leaseUntil: null };
  const recipients = delivery.recipients?.length || receipt.recipient ? after : null;
  return { news: moved && receipt.state === 'failed', change: { state, recipients, ...settled, ...errorOf(after, receipt, state) } };
}

const isUnderWay = (state: DeliveryState): boolean => ['queued', 'sending'].includes(state);

/** Deliveries of connectors that name no recipients have one all the same; whether it was our attempt that failed or the platform's is not kept. */
function fatesOf({ recipients, state }: Facts, receipt: ReceiptEvent): RecipientFate[] {
  if (recipients?.length) return recipients;
  const reached: RecipientFate['state'] = state === 'delivered' || state === 'read' ? 'delivered' : 'sent';
  const known = state === 'failed' && receipt.state === 'failed' ? 'failed' : reached;
  return [{ recipient: receipt.recipient ?? '', state: known, code: null, message: null }];
}

/** A receipt for an address we did not write to is about whom we did: their mail is passed on. Of several nobody knows whose. */
function isAbout(fate: RecipientFate, { recipient }: ReceiptEvent, all: RecipientFate[]): boolean {
  const same = ({ recipient: address }: RecipientFate) => address.toLowerCase() === recipient?.toLowerCase();
  return recipient === null || same(fate) || (all.length === 1 && !all.some(same));
}

function advanced(fate: RecipientFate, { state, error }: ReceiptEvent): RecipientFate {
  const next: RecipientFate['state'] = state === 'read' ? 'delivered' : state;
  if (progress[next] <= progress[fate.state]) return fate;
  return { ...fate, state: next, code: error?.code ?? null, message: error?.message ?? null };
}

function stateAfter(state: DeliveryState, fates: RecipientFate[], receipt: ReceiptEvent): DeliveryState {
  const lost = fates.filter((fate) => ['failed', 'refused'].includes(fate.state));
  if (lost.length === fates.length) return 'failed';
  // Others still have to get it.
  if (isUnderWay(state) && fates.some((fate) => fate.state === 'queued')) return state;
  // A receipt of any kind proves that it left the house.
  const left: DeliveryState = ['queued', 'sending', 'uncertain', 'failed'].includes(state) ? 'sent' : state;
  if (receipt.state === 'read' || left === 'read') return 'read';
  return fates.every((fate) => ['delivered', 'failed', 'refused'].includes(fate.state)) ? 'delivered' : left;
}

function errorOf(fates: RecipientFate[], { state: kind, error, recipient }: ReceiptEvent, state: DeliveryState): Partial<Delivery> {
  if (error) return faultOf(error, fates.length > 1 ? recipient : null, kind === 'failed');
  // What was delayed has arrived, all of it once it was read; what somebody else did not get stays said.
  const said: RecipientFate['state'][] = state === 'read' ? ['failed', 'refused'] : ['failed', 'refused', 'delayed'];
  return fates.some((fate) => said.includes(fate.state)) ? {} : noError;
}

const faultOf = ({ code, message, action }: Fault, recipient: string | null, final: boolean): Partial<Delivery> => ({
  errorKind: final ? 'bounced' : null,
  errorCode: code,
  errorMessage: recipient ? `${recipient} ${final ? 'did not get it' : 'has not got it yet'}: ${message}` : message,
  errorAction: action,
  errorRetryable: final,
});
