import { attribution, headerLabels, separator, signatureLine } from './quote-marks.js';
import { quoteMark } from './html.js';

/** A mail's text in two: what was written now, and the history and signature below it (null when there is none). */
export interface ReplyText {
  reply: string;
  quoted: string | null;
}

const maxLines = 2000;

/**
 * Tells new words from quoted history and signature. When unsure it keeps: a visible quote is a nuisance, a lost word is
 * not to be had again. A mail that is all quote is shown whole, and answers written between quoted lines stay with them.
 */
export function replyText(text: string): ReplyText {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u200b\ufeff]/g, '')
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line) => (line === '-- ' ? line : line.trimEnd()));
  if (lines.length > maxLines) return { reply: clean(lines), quoted: null };
  const quote = historyStart(lines);
  const top = lines.slice(0, quote);
  const written = top.slice(0, signatureStart(top));
  if (clean(written)) return { reply: clean(written), quoted: clean(lines.slice(written.length)) || null };
  return clean(top) ? { reply: clean(top), quoted: clean(lines.slice(quote)) || null } : belowTheQuote(lines);
}

/** Some people answer below what they quote. */
function belowTheQuote(lines: string[]): ReplyText {
  const last = lines.findLastIndex((line) => line.startsWith('>'));
  const below = lines.slice(last + 1);
  const written = below.slice(0, signatureStart(below));
  if (last < 0 || !clean(written)) return { reply: clean(lines), quoted: null };
  return { reply: clean(written), quoted: clean(lines.slice(0, last + 1)) || null };
}

/** The index of the first line of trailing history; the number of lines when there is none. */
function historyStart(lines: string[]): number {
  for (let at = 0; at < lines.length; at++) {
    if (startsHistory(lines, at) && !answeredBelow(lines, at)) return at;
  }
  return lines.length;
}

function startsHistory(lines: string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (line.includes(quoteMark)) return !isForward(lines, at + 1);
  if (line.startsWith('>')) return true;
  return separator.test(line) || attribution(lines, at) || isHeaderBlock(lines, at);
}

/** Words after the last quoted line mean that the quote is part of the answer. Only `>` tells where a quote ends. */
function answeredBelow(lines: string[], at: number): boolean {
  const quotedLines = lines.slice(at).map((line) => line.startsWith('>'));
  const first = quotedLines.indexOf(true);
  if (first < 0 || first > 6 || !/^>|:\s*$/.test(lines[at] ?? '')) return false;
  const after = lines.slice(at + quotedLines.lastIndexOf(true) + 1);
  const words = after.slice(0, signatureStart(after));
  // A line or two are the rest of a quoted line that was wrapped without its mark.
  return clean(words).split('\n').filter(Boolean).length > (first === 0 ? 0 : 1) && !after.some((line) => startsBlock(line));
}

const startsBlock = (line: string) => separator.test(line);

function isForward(lines: string[], from: number): boolean {
  return /forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado/i.test(lines.slice(from, from + 4).join(' '));
}

/** Three or more of From, Sent, To, Subject within six lines, in one language, as Outlook puts them above a quote. */
function isHeaderBlock(lines: string[], at: number): boolean {
  const label = (line: string) => /^[*_\s]*([^:：*]{1,24}?)[*_\s]*[:：]/.exec(line)?.[1]?.trim().toLowerCase() ?? '';
  const block = lines.slice(at, at + 6).map(label);
  return headerLabels.some(
    (labels) => labels[0]?.includes(block[0] ?? '') && labels.filter((names) => names.some((name) => block.includes(name))).length >= 3,
  );
}

function signatureStart(lines: string[]): number {
  const dashes = lines.findLastIndex((line) => /^(--|—|__) ?$/.test(line));
  if (dashes >= 0 && lines.length - dashes <= 16) return dashes;
  const filled = lines.map((line, index) => (line.trim() ? index : -1)).filter((index) => index >= 0);
  return filled.slice(-4).find((index) => signatureLine.test(lines[index] ?? '')) ?? lines.length;
}

function clean(lines: string[]): string {
  return lines
    .join('\n')
    .replaceAll(quoteMark, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
