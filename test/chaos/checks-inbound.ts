import type { Customers } from './customers.js';
import { type Evidence, sha256, type Shown } from './evidence.js';
import type { Rule } from './checker.js';

type Message = Evidence['truth']['messages'][number];
type Comment = Evidence['truth']['comments'][number];

/** What somebody outside wrote, under the name by which the inbox can be asked for it. */
interface Written {
  name: string;
  at: number;
  /** A platform may tell the time to the second only. */
  wholeSeconds: boolean;
  is(shown: Shown): boolean;
  /** What is wrong with how it is shown, if anything. */
  faults(shown: Shown): string[];
}

const differs = (what: string, shown: unknown, truly: unknown): string[] =>
  shown === truly ? [] : [`${what} is ${JSON.stringify(shown)} and not ${JSON.stringify(truly)}`];

function writtenBy({ letters, social }: Customers, { truth }: Evidence): Written[] {
  return [
    ...letters.map(({ messageId, text, at, file }) => ({
      ...{ name: `mail ${messageId}`, at: at.getTime(), wholeSeconds: true },
      is: ({ externalId }: Shown) => externalId?.startsWith(`mid:${messageId}#`) ?? false,
      faults: (shown: Shown) => [
        ...differs('text', shown.text, text),
        ...differs('file', shown.hashes.join(), file ? sha256(file.content) : ''),
      ],
    })),
    ...truth.messages.filter(({ by }) => by === 'customer').map((message) => chatMessage(message, social.files.get(message.mid))),
    ...truth.comments.filter(({ author }) => author).map(comment),
  ];
}

const chatMessage = ({ mid, at, text, withdrawn, reaction }: Message, file?: Buffer): Written => ({
  ...{ name: `message ${mid}`, at, wholeSeconds: false },
  is: ({ externalId }) => externalId === mid,
  faults: (shown) => [
    ...differs('unsent', shown.deletedAt !== null, withdrawn),
    ...differs('text', shown.text, withdrawn ? '' : text),
    ...(withdrawn ? [] : differs('reaction', shown.reactions[0]?.emoji ?? null, reaction)),
    ...differs('file', shown.hashes.join(), file && !withdrawn ? sha256(file) : ''),
  ],
});

const comment = ({ id, at, text, removed }: Comment): Written => ({
  ...{ name: `comment ${id}`, at, wholeSeconds: true },
  is: ({ externalId }) => externalId === id,
  faults: (shown) => [...differs('removed', shown.deletedAt !== null, removed), ...differs('text', shown.text, removed ? '' : text)],
});

/** What the customers' side says against what the inbox shows. */
export function inboundRules(customers: Customers, evidence: Evidence): Rule[] {
  const written = writtenBy(customers, evidence);
  const inbound = evidence.shown.filter(({ kind, direction }) => kind === 'message' && direction === 'inbound');
  const found = written.map((one) => ({ one, shown: inbound.filter((message) => one.is(message)) }));
  const known = new Map(found.flatMap(({ one, shown }) => shown.map((message) => [message.id, one] as const)));
  return [
    { name: 'inbound lost', against: found.filter(({ shown }) => !shown.length).map(({ one }) => one.name) },
    {
      name: 'inbound doubled',
      against: found.filter(({ shown }) => shown.length > 1).map(({ one, shown }) => `${one.name}: ${ids(shown)}`),
    },
    { name: 'inbound from nobody', against: inbound.filter(({ id }) => !known.has(id)).map(({ id, externalId }) => `${id} ${externalId}`) },
    {
      name: 'inbound wrong or damaged',
      against: found.flatMap(({ one, shown }) => shown.flatMap((message) => one.faults(message).map((fault) => `${one.name}: ${fault}`))),
    },
    { name: 'inbound in the wrong order', against: evidence.conversations.flatMap(({ messages }) => disorder(messages, known)) },
    { name: 'mail threads torn apart', against: torn(customers, inbound) },
    { name: 'reactions to replies wrong', against: wrongReactions(evidence) },
    { name: 'mails not in the mailbox', against: missingMails(customers, evidence) },
  ];
}

const ids = (shown: Shown[]): string => shown.map(({ id }) => id).join(', ');

function disorder(messages: Shown[], known: Map<string, Written>): string[] {
  const inOrder = messages.flatMap(({ id, conversationId }) => {
    const one = known.get(id);
    return one ? [{ conversationId, name: one.name, at: one.wholeSeconds ? Math.floor(one.at / 1000) : one.at / 1000 }] : [];
  });
  return inOrder.slice(1).flatMap((one, n) => {
    const before = inOrder[n]!;
    return before.at > one.at ? [`${before.name} is shown before ${one.name} in ${one.conversationId}`] : [];
  });
}

/** An answer belongs where the mail that it answers is. */
function torn({ letters }: Customers, inbound: Shown[]): string[] {
  const placeOf = new Map(
    letters.map(({ messageId }) => [messageId, inbound.find(({ externalId }) => externalId?.startsWith(`mid:${messageId}#`))]),
  );
  return letters.flatMap(({ messageId, references }) => {
    const [first] = references;
    const [here, there] = [placeOf.get(messageId), first && placeOf.get(first)];
    return here && there && here.conversationId !== there.conversationId ? [`${messageId} is not with ${first}`] : [];
  });
}

function wrongReactions({ truth, shown }: Evidence): string[] {
  const replies = truth.messages.filter(({ by }) => by === 'api');
  return replies.flatMap(({ mid, reaction }) => {
    const ours = shown.find(({ externalId }) => externalId === mid);
    return ours ? differs(`reaction to ${mid}`, ours.reactions[0]?.emoji ?? null, reaction) : [];
  });
}

const missingMails = ({ letters }: Customers, { mailboxSize }: Evidence): string[] =>
  mailboxSize === letters.length ? [] : [`${letters.length} were delivered, ${mailboxSize} are there`];
