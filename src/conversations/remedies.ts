import type { FailureKind } from './delivery.entity.js';

/** What to do about a reply that did not arrive, where neither its platform nor its recipients tell anything better. */
export const remedies: Record<FailureKind, string> = {
  auth: 'Ask an admin to reconnect the channel, then send it again.',
  window: 'Wait until the customer writes again, or reach them on another channel. As soon as they have written, send it again.',
  refused: 'Sent again as it is, it would be refused again. Change what the reason names and write it anew, or ask on another channel.',
  bounced: 'Check the address, or ask the customer for another one on another channel; then send it again.',
  unavailable: 'We tried for as long as it made sense. Ask an admin whether the channel works, then send it again.',
  'rate-limited': 'The platform took too much from this channel at once. Wait a while, then send it again.',
  unknown: 'Ask the customer, or send it again at the risk of sending it twice.',
  held: 'Send it again: what is missing goes out in its order, and nothing that the customer has.',
};
