import type { Agents, Reply } from './agents.js';
import type { Rule } from './checker.js';
import type { Customers } from './customers.js';
import type { Arrived, Evidence } from './evidence.js';
import { type Fault, kindsOn } from './plan.js';
import type { Run } from './chaos.js';
import type { View } from './view.js';

/** What a run was, what went wrong in it, and what came of it, for people to read. */
export function tableOf({
  options,
  agents,
  customers,
  view,
  evidence,
  rules,
  struck,
  missed,
  left,
  settled,
  endings,
  logs,
  seconds,
}: Run): string {
  const { seed, minutes, database } = options;
  return [
    `Chaos: seed ${seed}, ${minutes} minutes on ${database}`,
    '',
    ...inbound(customers, evidence, view),
    ...outbound(agents, evidence),
    ...line('requests of agents that had to be repeated', agents.repeated),
    ...line('processes that ended by themselves', endings),
    ...line('replies sent again by an admin afterwards', settled.retried.size),
    ...line('seconds until everything was at rest', seconds),
    '',
    ...faults(struck, left, options.database),
    ...missed.map((what) => `  missed: ${what}`),
    '',
    ...verdict(rules),
    '',
    `The logs of all processes: ${logs}`,
    '',
  ].join('\n');
}

const width = 46;
const line = (name: string, ...values: Array<string | number>): string[] => [`${name.padEnd(width)}${values.join('  ')}`];

function inbound(customers: Customers, { truth, shown }: Evidence, { firstSeen }: View): string[] {
  const chats = truth.messages.filter(({ by }) => by === 'customer');
  const comments = truth.comments.filter(({ author }) => author);
  const waits = [...customers.toldAt].flatMap(([name, at]) => (firstSeen.has(name) ? [{ name, ms: firstSeen.get(name)! - at }] : []));
  return [
    ...line('mails written by customers', customers.letters.length, `(${customers.letters.filter(({ file }) => file).length} with files)`),
    ...line('chat messages', chats.length, `(${sum(chats, 'edits')} edits, ${chats.filter(({ withdrawn }) => withdrawn).length} unsent)`),
    ...line('comments', comments.length, `(${sum(comments, 'edits')} edits, ${comments.filter(({ removed }) => removed).length} removed)`),
    ...line('inbound messages in the inbox', shown.filter(({ kind, direction }) => kind === 'message' && direction === 'inbound').length),
    ...line('worst time from event to inbox', worst(waits)),
  ];
}

function outbound({ replies }: Agents, { arrived, shown }: Evidence): string[] {
  const accepted = replies.filter(({ outcome }) => outcome === 'accepted');
  const count = (what: (reply: Reply) => unknown) => accepted.filter(what).length;
  const states = Map.groupBy(
    shown.flatMap(({ delivery }) => delivery?.state ?? []),
    (state) => state,
  );
  const kinds = ['email', 'dm', 'comment'].map((kind) => `${count((reply) => reply.kind === kind)} ${kind}`);
  return [
    ...line('replies accepted', accepted.length, `(${kinds.join(', ')})`),
    ...line(
      '  to leave later, taken back',
      count(({ later }) => later),
      count(({ takenBack }) => takenBack),
    ),
    ...line('  in the end', [...states].map(([state, { length }]) => `${length} ${state}`).join(', ')),
    ...line(
      'replies refused, never answered',
      ...(['refused', 'unanswered'] as const).map((how) => replies.filter(({ outcome }) => outcome === how).length),
    ),
    ...refusals(replies),
    ...line('replies that reached customers', arrived.length),
    ...line('worst time from reply to customer', worst(delays(accepted, arrived))),
  ];
}

function refusals(replies: Reply[]): string[] {
  const reasons = Map.groupBy(
    replies.flatMap(({ reason }) => reason ?? []),
    (reason) => reason,
  );
  return [...reasons].map(([reason, { length }]) => `  ${String(length).padStart(4)} × ${reason}`);
}

function delays(accepted: Reply[], arrived: Arrived[]): Wait[] {
  const first = new Map(arrived.toReversed().map(({ number, at }) => [number, at]));
  return accepted.flatMap(({ number, acceptedAt, later }) =>
    !later && first.has(number) ? [{ name: `reply ${number}`, ms: first.get(number)! - acceptedAt }] : [],
  );
}

function faults(struck: Fault[], left: Map<string, string>, database: Run['options']['database']): string[] {
  const counts = kindsOn(database).map((kind) => `${kind} ${struck.filter((fault) => fault.kind === kind).length}`);
  const rows = Array.from({ length: Math.ceil(counts.length / 4) }, (_, n) => counts.slice(n * 4, n * 4 + 4));
  return [
    ...line('faults', struck.length),
    ...rows.map((row) => `  ${row.map((cell) => cell.padEnd(28)).join('')}`.trimEnd()),
    ...[...left].map(([kind, why]) => `  left out: ${kind}, because ${why}`),
  ];
}

function verdict(rules: Rule[]): string[] {
  return rules.flatMap(({ name, against }) => [...line(name, against.length), ...against.slice(0, 20).map((what) => `    ${what}`)]);
}

const sum = (list: Array<{ edits: number }>, name: 'edits'): number => list.reduce((total, one) => total + one[name], 0);

interface Wait {
  name: string;
  ms: number;
}

function worst(waits: Wait[]): string {
  const [longest] = waits.toSorted((one, other) => other.ms - one.ms);
  return longest ? `${(longest.ms / 1000).toFixed(1)} s  (${longest.name})` : 'none';
}
