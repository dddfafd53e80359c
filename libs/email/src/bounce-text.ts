import type { Report } from './bounce.js';
import { isAddress } from './addresses.js';
import { firstHeader, type RawHeader } from './raw-headers.js';

/** Where servers that know no RFC 3464 begin to quote the mail they return. */
const returnedCopy =
  /^(?:[-=_ ]{2,}.{0,60}(?:copy of|original message|below this line|returned message|message headers|forwarded message|unsent message|headers of the).*|\s*(?:original message headers|the following is a copy|included is a copy).{0,80}|(?:return-path|received|from):\s.*)$/im;

/** How they name the address that failed: qmail and Yahoo `<a@b>:`, Exim alone on an indented line, others after a label. */
const naming = [
  /^[ \t]*<([^<>\s]+@[^<>\s]+)>\s*:?/gm,
  /^[ \t]*<?([^\s<>@:;,]+@[^\s<>@:;,]+)>?[ \t]*[:,](?=[^\n]{0,40}[45]\d\d)/gm,
  /^(?:[ \t]{1,8}|[*•-] ?)([^\s<>@:;,]+@[^\s<>@:;,]+)[ \t]*(?:\([^\n]{0,200}\))?$/gm,
  /(?:failed recipient|recipient(?: address)?|e?-?mail address|rcpt to|to address|empfänger|destinataires?|destinatari[oa]s?|geadresseerde|adresat|получатель|宛先)\b[^\n:：]{0,30}[:：]\s*(?:rfc822;\s*)?<?([^\s<>,;]+@[^\s<>,;]+)>?/gi,
  /(?:deliver(?:ed|y|ing)?|message|mail|reach|recipients?|address(?:es)?|utente|indirizzat[oa] a)[^@]{0,160}?<?([\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+)>?/gi,
];

const still =
  /\bdelayed\b|\bwill (?:continue|keep|retry|be retried|try again)|not (?:yet )?been delivered yet|has not yet been delivered|no action is required|still (?:being )?(?:retr|try|attempt)|warning: could not send|temporar(?:y|ily) (?:failure|problem)[^.]{0,60}(?:retry|try)|verzögert|retard[ée]/i;

/** What a bounce written for people says, recipient by recipient. */
export function reportsInText(headers: RawHeader[], text: string): Report[] {
  const body = text.slice(0, 50_000);
  const cut = body.search(returnedCopy);
  // A Message-ID looks like an address and is none.
  const words = (cut > 40 ? body.slice(0, cut) : body).replace(/^.{0,20}message-id.*$/gim, '');
  const named = firstHeader(headers, 'x-failed-recipients')
    .split(/[\s,]+/)
    .filter(isAddress);
  const delayed = still.test(`${firstHeader(headers, 'subject')}\n${words}`);
  const recipients = named.length ? named : addressesNamed(words);
  if (!recipients.length) return [reportOn(null, words, delayed)];
  return recipients.map((recipient) => reportOn(recipient, sectionOf(recipient, recipients, words), delayed));
}

/** What is said of one of several, where each has a paragraph of its own: it ends where the next is named at the beginning of a line. */
function sectionOf(recipient: string, recipients: string[], words: string): string {
  const [lower, address] = [words.toLowerCase(), recipient.toLowerCase()];
  const begins = (other: string) =>
    [...lower.matchAll(/^[ \t<*•-]*/gm)].find(({ 0: { length }, index }) => lower.startsWith(other, index + length))?.index;
  const start = begins(address);
  if (start === undefined) return words;
  const others = recipients.map((other) => begins(other.toLowerCase()) ?? 0).filter((at) => at > start);
  const own = words.slice(start, Math.min(words.length, ...others));
  return /[45]\d\d|[45]\.\d{1,3}\.\d/.test(own) ? own : words;
}

function addressesNamed(words: string): string[] {
  for (const pattern of naming) {
    const found = [...words.matchAll(pattern)].map((match) => (match[1] ?? '').replace(/[.)\]'"]+$/, '').replace(/^['"(]+/, ''));
    const usable = [...new Set(found.filter((address) => isAddress(address) && !/^(mailer-daemon|postmaster|abuse)@/i.test(address)))];
    if (usable.length) return usable.slice(0, 20);
  }
  return [];
}

function reportOn(recipient: string | null, words: string, delayed: boolean): Report {
  const at = recipient ? words.toLowerCase().indexOf(recipient.toLowerCase()) : -1;
  const after = words.slice(at < 0 ? 0 : at + (recipient?.length ?? 0));
  const diagnostic = reasonIn(after) ?? reasonIn(words);
  const status = enhanced(diagnostic ?? '') ?? enhanced(after) ?? enhanced(words);
  return { recipient, original: null, status, action: delayed ? 'delayed' : 'failed', diagnostic };
}

/** The line with a reply code and those that go on with it, else the first paragraph that says anything. */
function reasonIn(words: string): string | null {
  const coded =
    /(?:^|[^\d.])([45]\d\d[- ](?:[45]\.\d{1,3}\.\d{1,3}\b)?[^\n]*(?:\n[^\n]+){0,2}|[45]\d\d:[^\n]+|[45]\.\d{1,3}\.\d{1,3}\b[^\n]*)/.exec(
      words,
    )?.[1];
  const first = words
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/^[>:)\s.,]+/, '').trim())
    .find((paragraph) => /\p{L}{3,}/u.test(paragraph));
  return (coded ?? first)?.replace(/\s+/g, ' ').trim().slice(0, 500) || null;
}

const enhanced = (words: string): string | null => /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(words)?.[1] ?? null;
