import type { EventElement } from './core.js';
import type { Json } from './wire.js';

type Part = Record<string, Json> | undefined;

/** What the log calls an event: its kind and the id it is about. */
export function eventName(element: EventElement): string {
  const message = element.message as Part;
  if (message) return `${message.is_echo ? 'echo' : message.is_deleted ? 'unsend' : 'message'} ${String(message.mid)}`;
  const value = element.value as Part;
  if (value)
    return `${String(element.field)} ${String(value.verb ?? '')} ${String(value.comment_id ?? value.id ?? value.post_id ?? value.media_id)}`;
  const [kind = 'event', about] = Object.entries(element).find(([, part]) => typeof part === 'object' && part && !('id' in part)) ?? [];
  return `${kind} ${String((about as Part)?.mid ?? (about as Part)?.watermark ?? '')}`.trim();
}
