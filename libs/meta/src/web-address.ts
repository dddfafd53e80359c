import { asText } from './json.js';

/** The value itself if it is an address that a browser may open; null for anything else, such as `javascript:`. */
export function webAddress(value: unknown): string | null {
  const address = asText(value) ?? '';
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : null;
}
