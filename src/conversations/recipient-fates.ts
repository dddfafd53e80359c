import type { RefusedRecipient } from '#libs/connector';
import { noError, type RecipientFate } from './delivery.entity.js';

type Fates = RecipientFate[] | null;

/** Why an attempt failed, as far as recipients are concerned. */
interface Failure {
  code?: string | null;
  message: string;
  refused: RefusedRecipient[];
}

/** Nobody has it yet. Null where a connector names no recipients. */
export function awaiting(recipients: string[] | undefined): Fates {
  return recipients?.map((recipient) => ({ recipient, state: 'queued', code: null, message: null })) ?? null;
}

/** Those whom the next attempt is for; everybody else has it, or never will. */
export function stillToReach(fates: Fates): string[] | undefined {
  return fates?.filter(({ state }) => state === 'queued').map(({ recipient }) => recipient);
}

/** Whether it left for anybody at all: then it is sent, whatever becomes of the others. */
export function hasReached(fates: Fates): boolean {
  return fates?.some(({ state }) => ['sent', 'delivered', 'delayed'].includes(state)) ?? false;
}

/** Those who will not get it unless it is sent again. */
export function lostOnes(fates: Fates): RecipientFate[] {
  return fates?.filter(({ state }) => ['refused', 'failed'].includes(state)) ?? [];
}

export function hasLost(fates: Fates): boolean {
  return lostOnes(fates).length > 0;
}

/** The server took it for all it was offered for, but for these, even where an echo was quicker to call it sent. */
export function afterTaken(fates: Fates, refused: RefusedRecipient[]): Fates {
  const offered = ({ state }: RecipientFate) => state === 'queued' || state === 'sent';
  return (
    fates?.map((fate) => (offered(fate) ? (told(fate, refused) ?? { ...fate, state: 'sent', code: null, message: null }) : fate)) ?? null
  );
}

/** The server did not take it: those it refused for good are left out from now on, the others wait. */
export function afterFailure(fates: Fates, { code = null, message, refused }: Failure): Fates {
  return waitingOnes(fates, (fate) => told(fate, refused) ?? { ...fate, code, message });
}

/** There is no further attempt. */
export function givenUp(fates: Fates): Fates {
  return waitingOnes(fates, (fate) => ({ ...fate, state: 'failed' }));
}

/** An agent sends it again: to those who did not get it, or to all when it is not known who did. */
export function onceMore(fates: Fates): Fates {
  const again = (fate: RecipientFate) => ({ ...fate, state: 'queued' as const, code: null, message: null });
  const restarted = fates?.map((fate) => (['queued', 'refused', 'failed'].includes(fate.state) ? again(fate) : fate)) ?? null;
  return stillToReach(restarted)?.length ? restarted : (fates?.map(again) ?? null);
}

/** What a delivery that left for some says about the others. */
export function faultOf(fates: Fates) {
  const lost = lostOnes(fates);
  const waiting = fates?.filter(({ state, message }) => state === 'queued' && message) ?? [];
  const [first] = [...lost, ...waiting];
  if (!first) return noError;
  const who = (lost.length ? lost : waiting).map(({ recipient }) => recipient).join(', ');
  return {
    errorKind: first.state === 'refused' ? ('refused' as const) : ('unavailable' as const),
    errorCode: first.code,
    errorMessage: `${lost.length ? 'It did not reach' : 'It has not reached yet:'} ${who}. ${first.message}`,
    errorRetryable: !lost.length,
    errorAction: lost.length ? 'Everybody else has it. Check the address, and send it again only if that is right.' : null,
  };
}

function waitingOnes(fates: Fates, change: (fate: RecipientFate) => RecipientFate): Fates {
  return fates?.map((fate) => (fate.state === 'queued' ? change(fate) : fate)) ?? null;
}

function told(fate: RecipientFate, refused: RefusedRecipient[]): RecipientFate | null {
  const refusal = refused.find(({ recipient }) => recipient.toLowerCase() === fate.recipient.toLowerCase());
  if (!refusal) return null;
  const { code, message, retryable } = refusal;
  return { ...fate, state: retryable ? 'queued' : 'refused', code, message };
}
