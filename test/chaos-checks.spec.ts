import type { Agents, Reply } from './chaos/agents.js';
import { check } from './chaos/checker.js';
import type { Customers } from './chaos/customers.js';
import type { Evidence, Shown } from './chaos/evidence.js';

/** A small run in which everything went well: two mails, a chat, and three replies in order. */
function goodRun() {
  const at = (second: number) => 1_800_000_000_000 + second * 1000;
  const letters = [1, 2].map((n) => ({
    ...{ messageId: `m${n}`, from: 'Mail Customer 1 <m1@customer.example>', subject: 'Lamp', text: `M${n}`, at: new Date(at(n)) },
    references: n === 2 ? ['m1'] : [],
  }));
  const mail = { id: 'mail', kind: 'email', contact: { name: 'Mail Customer 1' }, messageCount: 4 };
  const chat = { id: 'chat', kind: 'dm', contact: { name: 'page customer 7' }, messageCount: 2 };
  const inbound = (id: string, conversation: object, externalId: string, text: string) => ({
    ...{ id, conversation, externalId, text, kind: 'message', direction: 'inbound', deletedAt: null, reactions: [], hashes: [] },
    conversationId: (conversation as { id: string }).id,
  });
  const outbound = (number: number, conversation: object) => ({
    ...inbound(`r${number}`, conversation, `ours ${number}`, `R${number}. Two are left.`),
    ...{ direction: 'outbound', delivery: { state: 'sent', error: null } },
  });
  const messages = [
    [inbound('a', mail, 'mid:m1#0', 'M1'), inbound('b', mail, 'mid:m2#0', 'M2'), outbound(1, mail), outbound(2, mail)],
    [inbound('c', chat, 'mid-1', 'C1'), outbound(3, chat)],
  ] as unknown as Shown[][];
  const said = { mid: 'mid-1', account: 'page', customer: 'page customer 7', by: 'customer', text: 'C1', at: at(3) };
  const evidence = {
    conversations: [mail, chat].map((conversation, n) => ({ conversation, messages: messages[n]! })),
    shown: messages.flat(),
    truth: { messages: [{ ...said, edits: 0, withdrawn: false, reaction: null }], comments: [] },
    mailboxSize: 2,
    arrived: [1, 2, 3].map((number) => ({
      number,
      at: at(10 + number),
      customer: number < 3 ? 'm1@customer.example' : 'page page customer 7',
    })),
    received: [],
    quarantined: [],
  } as unknown as Evidence;
  for (const one of evidence.arrived) one.files = [];
  const replies = [1, 2, 3].map((number) => ({
    ...{ number, text: `R${number}. Two are left.`, conversationId: number < 3 ? 'mail' : 'chat', kind: number < 3 ? 'email' : 'dm' },
    ...{ outcome: 'accepted', messageId: `r${number}`, acceptedAt: at(9), later: null, takenBack: false },
  })) as Reply[];
  const customers = { letters, social: { files: new Map() } } as unknown as Customers;
  return { evidence, replies, customers, restless: [] as string[] };
}

/** The names of the rules that something was found against. */
function found(spoil: (run: ReturnType<typeof goodRun>) => void): string[] {
  const run = goodRun();
  spoil(run);
  const rules = check(run.customers, { replies: run.replies } as Agents, run.evidence, { retried: new Set(), restless: run.restless });
  return rules.filter(({ against }) => against.length).map(({ name }) => name);
}

const shown = ({ evidence }: ReturnType<typeof goodRun>, id: string): Shown => evidence.shown.find((message) => message.id === id)!;
const remove = ({ evidence }: ReturnType<typeof goodRun>, id: string): void => {
  evidence.shown = evidence.shown.filter((message) => message.id !== id);
};

test('where everything went well, nothing is found', () => expect(found(() => undefined)).toEqual([]));

test.each<[string, (run: ReturnType<typeof goodRun>) => unknown]>([
  ['inbound lost', (run) => remove(run, 'c')],
  ['inbound doubled', ({ evidence }) => evidence.shown.push({ ...evidence.shown[0]!, id: 'copy' })],
  ['inbound from nobody', ({ evidence }) => evidence.shown.push({ ...evidence.shown[0]!, id: 'x', externalId: 'mid:other#0' })],
  ['inbound wrong or damaged', (run) => (shown(run, 'c').text = 'C1 before its edit')],
  ['inbound in the wrong order', ({ evidence }) => evidence.conversations[0]!.messages.reverse()],
  ['mail threads torn apart', (run) => (shown(run, 'b').conversationId = 'another')],
  ['mails not in the mailbox', ({ evidence }) => (evidence.mailboxSize = 1)],
  ['replies sent twice', ({ evidence }) => evidence.arrived.push(evidence.arrived[2]!)],
  ['replies shown twice', ({ evidence }) => evidence.shown.push({ ...evidence.shown.at(-1)!, id: 'copy' })],
  ['replies lost', (run) => remove(run, 'r3')],
  ['said to be sent, not there', ({ evidence }) => evidence.arrived.pop()],
  ['replies never settled', (run) => (shown(run, 'r3').delivery!.state = 'sending')],
  ['taken back, but sent', ({ replies }) => (replies[2]!.takenBack = true)],
  ['replies to the wrong customer', ({ evidence }) => (evidence.arrived[2]!.customer = 'page page customer 8')],
  ['reply files damaged', ({ replies }) => (replies[0]!.file = Buffer.from('a file'))],
  ['replies in the wrong order', ({ evidence }) => (evidence.arrived[0]!.at += 60_000)],
  ['ledger rows never processed', ({ evidence }) => evidence.received.push({ id: 'e' } as never)],
  ['ledger rows quarantined', ({ evidence }) => evidence.quarantined.push({ id: 'e', reason: 'odd' } as never)],
  ['conversations miscounted', ({ evidence }) => (evidence.conversations[0]!.conversation.messageCount = 9)],
  ['not at rest in the end', ({ restless }) => restless.push('delivery d is queued')],
])('"%s" is found where it is so', (name, spoil) => expect(found(spoil)).toEqual([name]));

test('a reply that failed and is there, or failed without a reason, is found', () => {
  const failed = (error: object | null) => (run: ReturnType<typeof goodRun>) => {
    Object.assign(shown(run, 'r3').delivery!, { state: 'failed', error });
  };
  const outage = 'failed though the outage is over';
  expect(found(failed({ message: 'No route' }))).toEqual(['said to have failed, but there', outage]);
  expect(found(failed(null))).toEqual(['said to have failed, but there', 'failed or uncertain without a reason', outage]);
});
