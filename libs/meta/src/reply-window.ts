import type { ReplyWindow, WindowFacts } from '#libs/connector';

const HOUR = 3_600_000;
const STANDARD = 24 * HOUR;
const HUMAN_AGENT = 7 * 24 * HOUR;

/** Platform rule: anything within 24 h of the customer's last message, a person's own words up to 7 days (tag HUMAN_AGENT), then nothing. */
export function replyWindow({ lastInboundAt }: WindowFacts, now: Date): ReplyWindow {
  if (!lastInboundAt) return closed('This customer has not written to us here, and Meta lets us answer only those who did.', null);
  const standardUntil = new Date(lastInboundAt.getTime() + STANDARD);
  const humanAgentUntil = new Date(lastInboundAt.getTime() + HUMAN_AGENT);
  if (now <= standardUntil) return { open: true, mode: 'standard', closesAt: standardUntil, reason: null };
  if (now > humanAgentUntil)
    return closed(
      'More than 7 days have passed since the customer last wrote; Meta allows an answer only after they write again.',
      humanAgentUntil,
    );
  const reason = 'More than 24 hours have passed: this goes out as a personal answer of a human agent and must not advertise.';
  return { open: true, mode: 'human_agent', closesAt: humanAgentUntil, reason };
}

const closed = (reason: string, closesAt: Date | null): ReplyWindow => ({ open: false, mode: 'closed', closesAt, reason });
