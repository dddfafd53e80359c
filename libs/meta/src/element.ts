import { asObject, type JsonObject } from './json.js';

const addresses = ['sender', 'recipient', 'timestamp'];

/**
 * The chat event that an element of a webhook is; undefined for a change of something else. Meta's dashboard, and by its docs
 * now and then Instagram, put a chat event into a change as its value.
 */
export function chatIn(element: unknown): JsonObject | undefined {
  const body = asObject(element);
  if (!body || body.field === undefined) return body;
  const value = asObject(body.value);
  return value && addresses.some((key) => value[key] !== undefined) ? value : undefined;
}
