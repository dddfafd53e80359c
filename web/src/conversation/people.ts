import type { Message } from '../api/shapes.js';
import { text } from '../text/text.js';

const unnamed = { contact: text.thread.customer, agent: text.thread.agent, system: text.thread.system };

/** Whether our side wrote it by another road: the platform's own app, another tool. */
export const isFromOutside = ({ kind, direction, author }: Message): boolean =>
  kind === 'message' && direction === 'outbound' && author.type === 'agent' && !author.id;

/** Who wrote a message, in words. */
export function authorName(message: Message): string {
  const { author } = message;
  return author.name ?? (isFromOutside(message) ? text.thread.otherApp : unnamed[author.type]);
}
