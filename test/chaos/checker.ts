import type { Agents } from './agents.js';
import { inboundRules } from './checks-inbound.js';
import { outboundRules } from './checks-outbound.js';
import type { Customers } from './customers.js';
import type { Evidence } from './evidence.js';
import type { Settled } from './settle.js';

/** Something that must never be, and every case in which it was. */
export interface Rule {
  name: string;
  against: string[];
}

/** All that was promised, against all that was found. */
export function check(customers: Customers, agents: Agents, evidence: Evidence, { restless, retried }: Settled): Rule[] {
  const { received, quarantined, conversations } = evidence;
  return [
    ...inboundRules(customers, evidence),
    ...outboundRules(agents, evidence, retried),
    { name: 'ledger rows never processed', against: received.map(({ id }) => id) },
    { name: 'ledger rows quarantined', against: quarantined.map(({ id, reason }) => `${id}: ${reason}`) },
    { name: 'conversations miscounted', against: conversations.flatMap(miscounted) },
    { name: 'not at rest in the end', against: restless },
  ];
}

function miscounted({ conversation: { id, messageCount }, messages }: Evidence['conversations'][number]): string[] {
  const count = messages.filter(({ kind }) => kind !== 'event').length;
  return count === messageCount ? [] : [`${id} says ${messageCount} and shows ${count}`];
}
