import type { Conversation } from '../api/shapes.js';

const soonMs = 4 * 3_600_000;

/** When the first of the ways to answer ends, if that is within four hours; else null. */
export function closesSoon({ replyWindow, privateReply }: Conversation, now: Date): Date | null {
  const ends = [replyWindow, privateReply].flatMap((window) => (window?.open && window.closesAt ? Date.parse(window.closesAt) : []));
  const first = Math.min(...ends);
  return first > now.getTime() && first - now.getTime() < soonMs ? new Date(first) : null;
}
