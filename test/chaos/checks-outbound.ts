import type { Agents, Reply } from './agents.js';
import type { Rule } from './checker.js';
import { type Arrived, type Evidence, replyNumber, sha256, type Shown } from './evidence.js';

/** A reply in the books of its agent, in the inbox, and at its customer. */
interface Fate {
  reply: Reply;
  shown: Shown[];
  arrived: Arrived[];
}

const reached = ['sent', 'delivered', 'read'];
const stateOf = ({ shown: [message] }: Fate): string => message?.delivery?.state ?? 'nowhere';
const told = (fate: Fate, what: string): string =>
  `reply ${fate.reply.number} (message ${fate.shown.map(({ id }) => id).join(', ') || 'none'}, ${fate.reply.kind}, ${stateOf(fate)}): ${what}`;

/** What agents wrote against what reached customers. `retried`: deliveries that were sent again by hand. */
export function outboundRules({ replies }: Agents, evidence: Evidence, retried: Set<string>): Rule[] {
  const fates = fatesOf(replies, evidence);
  const accepted = fates.filter(({ reply }) => reply.outcome === 'accepted' && !reply.takenBack);
  const rule = (name: string, of: Fate[], fault: (fate: Fate) => string | false): Rule => ({
    name,
    against: of.flatMap((fate) => fault(fate) || []),
  });
  const when = (name: string, of: Fate[], isWrong: (fate: Fate) => boolean, what: string) =>
    rule(name, of, (fate) => isWrong(fate) && told(fate, what));
  return [
    when('replies sent twice', fates, ({ arrived }) => arrived.length > 1, 'the customer has it more than once'),
    when('replies shown twice', fates, ({ shown }) => shown.length > 1, 'the inbox shows it more than once'),
    when('replies lost', accepted, ({ shown }) => !shown.length, 'it was accepted, and the inbox does not know it'),
    when(
      'said to be sent, not there',
      fates,
      (fate) => reached.includes(stateOf(fate)) && !fate.arrived.length,
      'the customer has nothing',
    ),
    when('said to have failed, but there', fates, (fate) => stateOf(fate) === 'failed' && fate.arrived.length > 0, 'the customer has it'),
    when(
      'failed or uncertain without a reason',
      fates,
      (fate) => isOpen(fate) && !fate.shown[0]!.delivery!.error?.message,
      'no reason is told',
    ),
    when(
      'failed though the outage is over',
      fates,
      (fate) => stateOf(fate) === 'failed' && !isFinal(fate),
      'it was retried, and should have gone',
    ),
    when('replies never settled', fates, (fate) => ['queued', 'sending'].includes(stateOf(fate)), 'it is neither sent nor failed'),
    when(
      'taken back, but sent',
      fates,
      ({ reply, arrived, shown }) => reply.takenBack && arrived.length + shown.length > 0,
      'it was taken back',
    ),
    when('replies to the wrong customer', fates, (fate) => strays(fate).length > 0, 'it is at somebody else’s'),
    when(
      'reply files damaged',
      fates,
      (fate) => fate.arrived.some(({ files }) => files.join() !== hashOf(fate.reply)),
      'its file is another',
    ),
    { name: 'replies in the wrong order', against: disorder(fates, retried) },
  ];
}

function fatesOf(replies: Reply[], { shown, arrived }: Evidence): Fate[] {
  const ours = shown.filter(({ direction, kind }) => kind === 'message' && direction === 'outbound');
  const byNumber = Map.groupBy(ours, ({ text }) => replyNumber(text));
  const arrivals = Map.groupBy(arrived, ({ number }) => number);
  // One whose comment was deleted has lost its words with it.
  const byId = (messageId: string | null) => ours.filter(({ id, deletedAt }) => id === messageId && deletedAt);
  return replies.map((reply) => ({
    reply,
    shown: [...(byNumber.get(reply.number) ?? []), ...byId(reply.messageId)],
    arrived: arrivals.get(reply.number) ?? [],
  }));
}

const isOpen = (fate: Fate): boolean => ['failed', 'uncertain'].includes(stateOf(fate));

/** What no second try can change: the comment is gone, the private answer is used up. */
const isFinal = ({ reply }: Fate): boolean => reply.kind === 'comment';

const hashOf = ({ file }: Reply): string => (file ? sha256(file) : '');

/** Whom it reached though it was written to somebody else. A contact of a mail is its address, others are known by their names. */
function strays({ shown: [message], arrived }: Fate): string[] {
  if (!message) return [];
  const { contact, kind } = message.conversation;
  if (kind === 'comment' || !contact.name) return [];
  const number = /\d+$/.exec(contact.name)?.[0];
  return arrived.flatMap(({ customer }) => (/(\d+)(@|$)/.exec(customer)?.[1] === number ? [] : [customer]));
}

/** What was planned for later leaves then; of the rest what was written first is read first. */
function disorder(fates: Fate[], retried: Set<string>): string[] {
  const inOrder = fates.filter(
    ({ reply, arrived, shown }) => reply.later !== 'scheduled' && arrived.length === 1 && shown.length === 1 && !retried.has(shown[0]!.id),
  );
  const byConversation = Map.groupBy(inOrder, ({ reply }) => reply.conversationId);
  return [...byConversation.values()].flatMap((list) =>
    list.slice(1).flatMap((fate, n) => {
      const before = list[n]!;
      const [first, second] = [before.arrived[0]!.at, fate.arrived[0]!.at];
      return first > second
        ? [told(fate, `it overtook reply ${before.reply.number} by ${first - second} ms in ${fate.reply.conversationId}`)]
        : [];
    }),
  );
}
