import type { CommentFacts, ReplyKind, ReplyWindow, WindowFacts } from '#libs/connector';
import type { Platform } from './line.js';

const HOUR = 3_600_000;
const STANDARD = 24 * HOUR;
const SEVEN_DAYS = 7 * 24 * HOUR;
/** By how much our clock and Meta's may differ. Only what no person looks after keeps clear of the end: a person can send again. */
const SKEW = 60_000;

/**
 * Platform rule for chats: anything within 24 h of the last thing the customer did; a person's own words up to 7 days after
 * their last message (tag HUMAN_AGENT, only outside the 24 h); then nothing. For comments: a public answer at any time, a private
 * one once, within 7 days of the comment; under an Instagram live broadcast only private ones, only while it lasts.
 */
export function replyWindow(
  platform: Platform,
  facts: WindowFacts,
  now: Date,
  reply: ReplyKind = { mode: null, automatic: false },
): ReplyWindow {
  if (facts.kind !== 'comment') return chatWindow(facts, now, reply.automatic);
  const { comment } = facts;
  if (!comment) return closed('There is no comment here that could be answered.');
  if (comment.gone) return closed('The comment, or the post it stood under, is no longer there.');
  const live = comment.isLive && platform === 'instagram';
  return reply.mode === 'private' ? privateWindow(comment, live, now) : publicWindow(live);
}

function chatWindow({ lastInboundAt, lastActionAt }: WindowFacts, now: Date, automatic: boolean): ReplyWindow {
  const [wrote, acted] = [lastInboundAt?.getTime() ?? -Infinity, lastActionAt?.getTime() ?? -Infinity];
  const standardUntil = Math.max(wrote, acted) + STANDARD;
  const humanAgentUntil = wrote + SEVEN_DAYS;
  if (standardUntil === -Infinity) return closed(NEVER_WROTE);
  const time = now.getTime();
  if (time <= standardUntil - (automatic ? SKEW : 0)) return open('standard', standardUntil);
  if (automatic) return closed(ONLY_PEOPLE, standardUntil);
  if (time <= humanAgentUntil) return open('human_agent', humanAgentUntil, PERSONAL);
  return closed(wrote === -Infinity ? ONLY_ACTED : TOO_LATE, Math.max(standardUntil, humanAgentUntil));
}

function privateWindow({ writtenAt, answeredPrivately }: CommentFacts, live: boolean, now: Date): ReplyWindow {
  if (answeredPrivately) return closed('This comment was answered privately before; Meta allows that once for each comment.');
  const until = writtenAt.getTime() + SEVEN_DAYS;
  if (now.getTime() > until) return closed('The comment is more than 7 days old; Meta allows a private answer only before that.', until);
  return open('private', until, live ? 'Instagram allows a private answer only while the live broadcast lasts.' : null);
}

const publicWindow = (live: boolean): ReplyWindow =>
  live ? closed('Instagram takes no public answers under a live broadcast; answer privately while it lasts.') : open('public', null);

const NEVER_WROTE =
  'This customer has not written to us here, and Meta lets us answer only those who did. To a comment one private answer is possible within 7 days.';
const ONLY_PEOPLE =
  'More than 24 hours have passed since the customer last wrote, and then Meta lets only people answer, not automatic messages.';
const PERSONAL = 'More than 24 hours have passed: this goes out as a personal answer of a human agent and must not advertise.';
const TOO_LATE = 'More than 7 days have passed since the customer last wrote; Meta allows an answer only after they write again.';
const ONLY_ACTED =
  'More than 24 hours have passed since the customer came here, and they never wrote; Meta allows an answer only after they write.';

const open = (mode: string, until: number | null, reason: string | null = null): ReplyWindow => ({
  open: true,
  mode,
  closesAt: until === null ? null : new Date(until),
  reason,
});

const closed = (reason: string, since: number | null = null): ReplyWindow => ({
  open: false,
  mode: 'closed',
  closesAt: since === null ? null : new Date(since),
  reason,
});
