import type { RawHeader } from './raw-headers.js';
import { firstHeader } from './raw-headers.js';

/**
 * Whether a mail comes from whom it says, by the verdict the receiving server noted: DMARC (RFC 7489), or else a
 * signature or a path of the very domain in From. Only the topmost Authentication-Results counts (RFC 8601 §5): those
 * below may have come with the mail.
 */
export function authenticationOf(headers: RawHeader[]): 'pass' | 'fail' | 'unknown' {
  const verdict = firstHeader(headers, 'authentication-results').replace(/\([^()]*\)/g, ' ');
  const dmarc = /\bdmarc\s*=\s*(\w+)/i.exec(verdict)?.[1]?.toLowerCase();
  if (dmarc === 'pass') return 'pass';
  if (dmarc === 'fail') return 'fail';
  const domain = /@([\w.-]+)/.exec(firstHeader(headers, 'from').replace(/^.*</s, '<'))?.[1]?.toLowerCase() ?? '';
  return domain && passesFor(domain, verdict) ? 'pass' : 'unknown';
}

function passesFor(domain: string, verdict: string): boolean {
  const signed = /\bdkim\s*=\s*pass\b[^;]*\bheader\.(?:d|i)\s*=\s*([^\s;]+)/gi;
  const sent = /\bspf\s*=\s*pass\b[^;]*\bsmtp\.mailfrom\s*=\s*([^\s;]+)/gi;
  const domains = [signed, sent].flatMap((pattern) => [...verdict.matchAll(pattern)].map((match) => (match[1] ?? '').toLowerCase()));
  return domains.map((name) => name.split('@').at(-1)).includes(domain);
}
