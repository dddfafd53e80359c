import { attributionEndingAt, beginsQuote } from './attribution.js';
import { headerBlockEnd } from './header-block.js';
import { leadIn, saysAnswersWithin, saysReplyAbove, separator, startsForward } from './quote-marks.js';
import { bannerEnd, signatureStart } from './signatures.js';

/** A mail's text in two: what was written now, and the history, signature and banner around it (null when there is none). */
export interface ReplyText {
  reply: string;
  quoted: string | null;
}

/** Begins a line which, by the mail's HTML, is quoted or a signature: a `>` that nobody sees. No mail contains it by itself. */
export const quoteMark = '\uE0F1';
/** Begins the line from which, by the mail's HTML, all is history. */
export const historyMark = '\uE0F2';

/** What a mail is by its header: one that answers another, one that passes another on, or one that does neither. */
export type Errand = 'answer' | 'forward' | 'first';

/**
 * Tells new words from quoted history and signature. When unsure it keeps: a visible quote is a nuisance, a lost word is
 * not to be had again. A mail that is all quote is shown whole, answers between quoted lines stay with them, what was
 * forwarded is not history, and in a mail that answers nothing From and Subject are what a form asked for.
 */
export function replyText(text: string, errand: Errand = 'answer'): ReplyText {
  const shown = linesOf(text);
  if (errand === 'forward') return { reply: clean(shown), quoted: null };
  const lines = shown.map(withoutDirections);
  const top = bannerEnd(lines);
  const old = oldLines(lines, errand);
  const unsigned = writtenEnd(lines, old, lines.length, 0);
  // The last signature of a forwarded mail is somebody else's, and of that mail.
  const passesOn = lines.some((line, at) => !old[at] && startsForward(withoutMark(line)));
  const end = passesOn ? unsigned : writtenEnd(lines, old, lines.length);
  const start = writtenStart(lines, old, top, end);
  for (const [from, to] of [
    [start, end],
    [top, unsigned],
  ] as const) {
    const reply = clean(lines.slice(from, to));
    if (saysAnswersWithin(reply) && !lines.slice(to).some((line) => /^ ?>/.test(line))) break;
    if (reply) return { reply: clean(shown.slice(from, to)), quoted: clean([...shown.slice(0, from), '', ...shown.slice(to)]) || null };
  }
  return { reply: clean(shown), quoted: null };
}

function linesOf(text: string): string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u200b\u2060\ufeff]/g, '')
    .replace(/[\u00a0\u202f\u2007]/g, ' ')
    .split('\n')
    .map((line) => (line === '-- ' ? line : line.trimEnd()));
}

/** Marks of writing direction belong to Hebrew and Arabic words, but stand in the way of knowing lines. */
const withoutDirections = (line: string) => line.replace(/[\u200c-\u200f\u202a-\u202e\u2066-\u2069]/g, '');

const isQuoted = (line: string | undefined) => line !== undefined && (/^ ?>/.test(line) || line.startsWith(quoteMark));
const isBlank = (line: string | undefined) => !line?.trim();

/** Which lines are not new. */
function oldLines(lines: string[], errand: Errand): boolean[] {
  const old = lines.map(() => false);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (isBlank(line)) continue;
    if (startsForward(line)) return withWraps(lines, old);
    if (isQuoted(line)) {
      const end = quoteEnd(lines, at);
      if (!startsForward(withoutMark(lines.slice(at, end).find((quoted) => !isBlank(withoutMark(quoted))) ?? ''))) old.fill(true, at, end);
      at = end - 1;
      continue;
    }
    const history = historyAt(lines, at, errand);
    if (!history) continue;
    old.fill(true, history.start, history.end);
    at = history.end - 1;
  }
  return withWraps(lines, old);
}

function quoteEnd(lines: string[], start: number): number {
  let end = start;
  while (end < lines.length && isQuoted(lines[end])) end++;
  return end;
}

const withoutMark = (line: string) => line.replace(/^[ >\uE0F1]+/, '');

/** History that begins near this line, and where it ends: with the mail, unless quoted lines below it show where. */
function historyAt(lines: string[], at: number, errand: Errand): { start: number; end: number } | null {
  const line = lines[at] ?? '';
  const whole = (start: number) => ({ start, end: lines.length });
  if (saysReplyAbove(line) || line.startsWith(historyMark)) return whole(at);
  if (separator.test(line.slice(0, 200)))
    return quotedBelow(lines, headerBlockEnd(lines, nextFilled(lines, at + 1)) ?? at + 1, at) ?? whole(at);
  const header = errand === 'answer' ? headerBlockEnd(lines, at) : null;
  if (header !== null) return quotedBelow(lines, header, at) ?? whole(at);
  const attribution = attributionEndingAt(lines, at);
  if (!attribution) return beginsQuote(line) ? whole(at) : null;
  const below = quotedBelow(lines, at + 1, attribution.start);
  return below ?? (attribution.certain || historyAfter(lines, at) ? whole(attribution.start) : null);
}

function quotedBelow(lines: string[], from: number, start: number): { start: number; end: number } | null {
  const first = nextFilled(lines, from);
  return first - from <= 3 && isQuoted(lines[first]) ? { start, end: first } : null;
}

function historyAfter(lines: string[], at: number): boolean {
  const next = nextFilled(lines, at + 1);
  const line = lines[next] ?? '';
  return saysReplyAbove(line) || line.startsWith(historyMark) || separator.test(line.slice(0, 200)) || headerBlockEnd(lines, next) !== null;
}

function nextFilled(lines: string[], from: number): number {
  let at = from;
  while (at < lines.length && isBlank(lines[at])) at++;
  return at;
}

const wrapsAt = 60;

/** Lines that a program broke off a quoted line, forgetting the mark: right below a long one, and alone. */
function withWraps(lines: string[], old: boolean[]): boolean[] {
  const broken = lines.flatMap((line, at) => {
    const above = lines[at - 1] ?? '';
    const alone = !old[at] && !isBlank(line) && above.startsWith('>') && above.length >= wrapsAt && line.length < above.length;
    return alone && (isBlank(lines[at + 1]) || isQuoted(lines[at + 1])) ? [at] : [];
  });
  const between = broken.filter((at) => isQuoted(lines[at + 1]));
  for (const at of broken) if (/^[\p{Ll}\d(]/u.test(lines[at] ?? '') || (between.length > 1 && between.includes(at))) old[at] = true;
  return old;
}

const longestSignature = 60;

/** Where the new words end: what is old goes from the end, and so many signatures. */
function writtenEnd(lines: string[], old: boolean[], from: number, signatures = 2): number {
  let end = from;
  while (end > 0 && (old[end - 1] || isBlank(lines[end - 1]) || isLeadIn(lines, old, end - 1))) end--;
  if (!signatures || !end) return end;
  const after = old.lastIndexOf(true, end - 1) + 1;
  const start = Math.max(after, end - longestSignature);
  const below = lines.slice(start, end);
  const signature = start + (after && start === after && isFooter(below) ? 0 : signatureStart(below));
  return signature < end ? writtenEnd(lines, old, signature, signatures - 1) : end;
}

const isLeadIn = (lines: string[], old: boolean[], at: number) => leadIn.test(lines[at] ?? '') && old[nextFilled(lines, at + 1)] === true;

/** What a mailing list puts below a quote: a line drawn, and a few short ones. */
function isFooter(lines: string[]): boolean {
  const filled = lines.filter((line) => !isBlank(line));
  return /^(_{20,}|-{20,})$/.test(filled[0] ?? '') && filled.length <= 12 && filled.every((line) => line.length <= 120);
}

/** Some people answer below what they quote; then the new words begin there, unless they answer piece by piece. */
function writtenStart(lines: string[], old: boolean[], top: number, end: number): number {
  const first = lines.findIndex((line, at) => at >= top && !isBlank(line));
  if (first < 0 || !old[first]) return top;
  const start = lines.findIndex((line, at) => at >= top && !old[at] && !isBlank(line));
  return start < 0 || old.slice(start, end).includes(true) ? top : start;
}

function clean(lines: string[]): string {
  return lines
    .join('\n')
    .replace(/[\uE0F1\uE0F2]/g, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
