import { openSync, readSync, closeSync } from 'node:fs';
import type { Content } from '#libs/connector';
import { messageIds } from './message-ids.js';
import { firstHeader, splitRaw, type RawHeader } from './raw-headers.js';
import { reportsInText } from './bounce-text.js';

/** What a delivery status notification (RFC 3464) says about the first recipient it names. */
export interface Bounce {
  recipient: string | null;
  status: string | null;
  action: string | null;
  diagnostic: string | null;
  originalMessageId: string | null;
}

/** What became of a mail for one recipient; `action` as in RFC 3464 §2.3.3, in lower case. */
export interface Report {
  recipient: string | null;
  /** The address we wrote to, where the report says that it was passed on to another one. */
  original: string | null;
  status: string | null;
  action: string | null;
  diagnostic: string | null;
}

export interface Part {
  contentType: string;
  content: Content;
}

/** A bounce as `mail inspect` shows it; fields the report lacks are null. */
export function readBounce(parts: Part[], headers: RawHeader[], text = ''): Bounce {
  const [{ recipient, status, action, diagnostic } = nothing] = readReports(parts, headers, text);
  return { recipient, status, action, diagnostic, originalMessageId: originalIds(parts, headers, text)[0] ?? null };
}

const nothing = { recipient: null, status: null, action: null, diagnostic: null };

/** One report per recipient: from the machine-readable part, else out of what is written for people. */
export function readReports(parts: Part[], headers: RawHeader[], text: string): Report[] {
  const status = partOf(parts, /^message\/(global-)?delivery-status$/);
  const reports = status ? blocksOf(status).flatMap(reportsOf) : [];
  return reports.length ? reports : reportsInText(headers, text);
}

/**
 * The Message-IDs of the mail a report is about, the surest first: of the returned mail, as the reporting server noted it,
 * what the report answers, and what stands in its text. Nothing here is proven: anybody can write a bounce.
 */
export function originalIds(parts: Part[], headers: RawHeader[], text: string): string[] {
  const returned = partOf(parts, /^(message\/(rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/);
  const report = partOf(parts, /^message\/(global-)?(delivery-status|disposition-notification)$|^message\/feedback-report$/);
  const noted = report ? blocksOf(report).flat() : [];
  const fields = [
    returned ? firstHeader(splitRaw(returned).headers, 'message-id') : '',
    ...['x-original-message-id', 'original-message-id', 'message-id'].map((name) => firstHeader(noted, name)),
    ...['x-original-message-id', 'in-reply-to', 'references', 'x-ms-exchange-parent-message-id', 'x-riferimento-message-id'].map((name) =>
      firstHeader(headers, name),
    ),
    ...[...text.slice(0, maxText).matchAll(/^[>\s]*message-id:\s*(<[^<>\s]+>)/gim)].map((match) => match[1] ?? ''),
    ...[...text.slice(0, maxText).matchAll(/\bm\.[\w-]{1,80}\.[a-z2-7]{16}@[\w.-]+/g)].map((match) => `<${match[0]}>`),
  ];
  return [...new Set(fields.flatMap((field) => messageIds(field)))];
}

const maxText = 200_000;
const headBytes = 64 * 2 ** 10;

/** The fields of a report part, block by block: one for the message and one for each recipient, apart by empty lines. */
export function blocksOf(part: Buffer): RawHeader[][] {
  const blocks = part.toString('latin1').split(/\r?\n(?:[ \t]*\r?\n)+/);
  return blocks.map((block) => splitRaw(Buffer.from(`${block.trim()}\r\n`, 'latin1')).headers).filter((fields) => fields.length);
}

/** The beginning of the first part of that type, as far as anything in it matters here. */
export function partOf(parts: Part[], type: RegExp): Buffer | null {
  const part = parts.find(({ contentType }) => type.test(contentType.toLowerCase()));
  return part ? headOf(part.content) : null;
}

function headOf(content: Content): Buffer {
  if (Buffer.isBuffer(content)) return content.subarray(0, headBytes);
  const file = openSync(content.path, 'r');
  try {
    const head = Buffer.alloc(Math.min(headBytes, content.size));
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Some servers leave out the empty line between recipients: then a field that comes again begins the next. */
function reportsOf(fields: RawHeader[]): Report[] {
  const recipients: RawHeader[][] = [];
  for (const field of fields) {
    if (!recipients.length || recipients.at(-1)?.some(({ name }) => name === field.name && name === 'final-recipient')) recipients.push([]);
    recipients.at(-1)?.push(field);
  }
  return recipients.map(reportOf).filter(({ recipient, action }) => recipient && action);
}

function reportOf(fields: RawHeader[]): Report {
  const typed = (name: string) =>
    firstHeader(fields, name)
      .replace(/^[\w-]+\s*;\s*/, '')
      .trim();
  const address = (name: string) => typed(name).replace(/^<|>$/g, '');
  return {
    recipient: address('final-recipient') || address('original-recipient') || null,
    original: address('original-recipient') || null,
    status: /\d\.\d{1,3}\.\d{1,3}/.exec(firstHeader(fields, 'status'))?.[0] ?? null,
    action: /^[a-z]+/.exec(firstHeader(fields, 'action').toLowerCase())?.[0] ?? null,
    diagnostic: typed('diagnostic-code') || null,
  };
}
