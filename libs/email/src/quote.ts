import sanitize from 'sanitize-html';
import type { Draft } from '#libs/connector';
import type { Quote } from './envelope.js';
import { htmlToText } from './html-to-text.js';
import { sanitizeOutgoing } from './html.js';
import { quoteMark } from './reply-text.js';
import { escapeHtml, textToHtml } from './text-html.js';

const maxText = 10_000;
const maxHtml = 40_000;

/**
 * The mail being answered as it stands below the answer: an attribution line and what was written in it, without what
 * that mail quoted itself, so that a thread grows by its mails and not by their product. Null when nothing is left.
 */
export function quoteOf(quoting: Draft['quoting']): Quote | null {
  const words = quoting && withoutQuotes(quoting.text);
  if (!words) return null;
  const attribution = attributionOf(quoting);
  const inner = formatted(quoting.html, words) ?? textToHtml(words);
  return {
    text: `${attribution}\n${words
      .split('\n')
      .map((line) => (line ? `> ${line}` : '>'))
      .join('\n')}`,
    html: `<div data-quote-root><p>${escapeHtml(attribution)}</p>\n<blockquote type="cite" ${quoteStyle}>${inner}</blockquote></div>`,
  };
}

const quoteStyle = 'style="margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex"';

const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** Words that mail programs, and our own reading of replies, know for the beginning of a quote. */
function attributionOf({ author, sentAt }: NonNullable<Draft['quoting']>): string {
  return `On ${when.format(sentAt)} UTC, ${author.replace(/\s+/g, ' ').trim().slice(0, 100) || 'the sender'} wrote:`;
}

function withoutQuotes(text: string): string {
  const words = text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return words.length > maxText ? `${words.slice(0, maxText).trimEnd()} […]` : words;
}

/** The HTML of it, without its pictures and history; null when it is long, or when more than its new words is left of it: not every program marks what it quotes. */
function formatted(html: string | null, words: string): string | null {
  if (!html || html.length > 10 * maxHtml) return null;
  const bare = sanitizeOutgoing(sanitize(html, withoutHistory)).trim();
  const size = (text: string) => text.replaceAll(quoteMark, '').replace(/\s+/g, '').length;
  return bare.length <= maxHtml && size(htmlToText(bare)) <= size(words) * 1.1 + 40 ? bare : null;
}

/** Everything stays but pictures, which this mail does not bring along, and what is marked as history. */
const withoutHistory: sanitize.IOptions = {
  allowedTags: false,
  allowedAttributes: false,
  allowVulnerableTags: true,
  exclusiveFilter: ({ tag, attribs }) => tag === 'img' || /\bquoted-history\b/.test(attribs.class ?? ''),
};
