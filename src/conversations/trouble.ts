import type { Delivery, DeliveryState } from './delivery.entity.js';
import { hasLost, hasReached, lostOnes } from './recipient-fates.js';

type Facts = Pick<Delivery, 'state' | 'recipients' | 'errorKind' | 'troubleAt'>;

/** Since when a delivery waits for somebody's decision, and whether there is something to tell that nobody was told yet. */
export interface Trouble {
  troubleAt: Date | null;
  news: boolean;
}

const open: DeliveryState[] = ['failed', 'uncertain'];

/** Whether somebody should look: it did not arrive, or nobody knows, or it arrived for some of its recipients alone. */
export function isInTrouble({ state, recipients }: Pick<Facts, 'state' | 'recipients'>): boolean {
  return open.includes(state) || (hasReached(recipients) && hasLost(recipients));
}

/**
 * What a change makes of a delivery's trouble. What somebody has seen to stays seen to, as long as it gets no worse. A part that
 * is held back behind an earlier one is no trouble of its own: one reply is told of once.
 */
export function troubleAfter(before: Facts, after: Omit<Facts, 'troubleAt'>, now: Date): Trouble {
  const heldBack = after.errorKind === 'held' && !before.troubleAt;
  if (heldBack || !isInTrouble(after)) return { troubleAt: null, news: false };
  const news = !isInTrouble(before) || isWorse(before, after);
  return { troubleAt: before.troubleAt ?? (news ? now : null), news };
}

function isWorse(before: Facts, after: Omit<Facts, 'troubleAt'>): boolean {
  const ended = open.includes(after.state) && after.state !== before.state;
  return ended || lostOnes(after.recipients).length > lostOnes(before.recipients).length;
}
