import { compile, type DomNode, type FormatCallback } from 'html-to-text';
import { allowedOnly, maxHtml, maxNesting } from './html.js';
import { startsForward } from './quote-marks.js';
import { historyMark, quoteMark } from './reply-text.js';

/**
 * The words of an HTML mail as text. Only what is allowed to be shown is read, so that no address of a script becomes
 * text. Quotations are lines that begin with `>`; what a mail program marked as history or signature otherwise begins
 * with {@link quoteMark}, or from {@link historyMark} on is history to its end.
 */
export function htmlToText(html: string): string {
  // Outlook holds paragraphs apart by one with nothing but a space in it.
  return toText(allowedOnly(html))
    .replace(/^[ \t\u00a0]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const attributesOf = (element: DomNode) => (element.attribs ?? {}) as Record<string, string | undefined>;

const prefixed = (prefix: string) => (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => prefix + line)
    .join('\n');

const asBlock: FormatCallback = (element, walk, builder, options) => {
  builder.openBlock({ leadingLineBreaks: options.leadingLineBreaks ?? 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: options.trailingLineBreaks ?? 1 });
};

const marked: FormatCallback = (element, walk, builder, options) => {
  if (isForward(element)) return asBlock(element, walk, builder, options);
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1, blockTransform: prefixed(quoteMark) });
};

/** What stands before the first quotation says who wrote it; what stands between and below them may be answers. */
const answersWithin: FormatCallback = (element, walk, builder, options) => {
  const first = element.children.findIndex((child) => child.name === 'blockquote');
  if (isForward(element)) return asBlock(element, walk, builder, options);
  if (first < 0)
    return element.children.some((child) => holds(child, 'blockquote'))
      ? asBlock(element, walk, builder, options)
      : marked(element, walk, builder, options);
  builder.openBlock({ leadingLineBreaks: 2 });
  walk(element.children.slice(0, first), builder);
  builder.closeBlock({ trailingLineBreaks: 1, blockTransform: prefixed(quoteMark) });
  walk(element.children.slice(first), builder);
};

const untilTheEnd: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  builder.addInline(historyMark, { noWordTransform: true });
  builder.closeBlock({ trailingLineBreaks: 1 });
  walk(element.children, builder);
};

/** A blockquote without a border is how web mail indents; one with a forwarded mail in it is no quotation either. */
const quotation: FormatCallback = (element, walk, builder, options) => {
  const { class: mark, style = '' } = attributesOf(element);
  const indents = !mark && /border:\s?(none|0)|margin:0(px)? 0(px)? 0(px)? 40px/.test(style);
  if (indents || isForward(element) || quotationsAround(element) >= maxQuotations) return asBlock(element, walk, builder, options);
  builder.openBlock({ leadingLineBreaks: 2 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2, blockTransform: (text) => prefixed('> ')(text).replace(/^> (?=>)/gm, '>') });
};

const maxQuotations = 12;

function quotationsAround(element: DomNode): number {
  let count = 0;
  for (let outer = element.parent; outer; outer = outer.parent) if (outer.name === 'blockquote') count++;
  return count;
}

/** Outlook draws a line above the header of what it quotes; so do signatures, which name nobody. */
const underBorder: FormatCallback = (element, walk, builder, options) => {
  const labelled = words(element, 2000)
    .split('\n')
    .filter((line) => /^\s*\S[^:：]{0,24}[:：]\s*\S/.test(line));
  const isHeader = labelled.length >= 3 && labelled.length <= 8 && bolds(element) >= 3 && /\d/.test(labelled.join(''));
  return (isHeader ? untilTheEnd : asBlock)(element, walk, builder, options);
};

/** Web mail writes emoji as pictures. */
const picture: FormatCallback = (element, _walk, builder) => {
  const alt = attributesOf(element).alt ?? '';
  if (alt.length <= 12 && /^\p{Extended_Pictographic}/u.test(alt)) builder.addInline(alt);
};

function isForward(element: DomNode): boolean {
  const first = words(element, 400)
    .split('\n')
    .find((line) => line.trim());
  return startsForward(first?.trim() ?? '');
}

function holds(node: DomNode, name: string, depth = 0): boolean {
  return depth < 5 && (node.children ?? []).some((child) => child.name === name || holds(child, name, depth + 1));
}

function bolds(node: DomNode, depth = 0): number {
  if (node.name === 'b' || node.name === 'strong') return 1;
  return depth > 10 ? 0 : (node.children ?? []).reduce((sum, child) => sum + bolds(child, depth + 1), 0);
}

const lineEnds = new Set('br p div tr li blockquote'.split(' '));

/** The beginning of an element's words, one line per block. */
function words(node: DomNode, most: number): string {
  let found = '';
  const collect = (inner: DomNode, depth: number): void => {
    if (found.length > most || depth > 30) return;
    if (inner.type === 'text') found += (inner.data ?? '').replace(/\s+/g, ' ');
    for (const child of inner.children ?? []) collect(child, depth + 1);
    if (lineEnds.has(inner.name ?? '')) found += '\n';
  };
  collect(node, 0);
  return found;
}

// Built once: reading the selectors takes longer than most mails do.
const toText = compile({
  wordwrap: false,
  limits: { maxDepth: 2 * maxNesting, maxInputLength: 2 * maxHtml },
  formatters: { marked, answersWithin, untilTheEnd, quotation, underBorder, picture },
  selectors: [
    { selector: '[style*="display:none"]', format: 'skip' },
    { selector: '.signature', format: 'marked' },
    { selector: '.quoted-history', format: 'marked' },
    { selector: '.quoted-history.answers-within', format: 'answersWithin' },
    { selector: '.quoted-history.until-the-end', format: 'untilTheEnd' },
    { selector: 'blockquote', format: 'quotation' },
    { selector: 'blockquote.quoted-history', format: 'quotation' },
    { selector: 'div[style*="border-top"]', format: 'underBorder' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'], ignoreHref: false } },
    { selector: 'img', format: 'picture' },
    { selector: 'table', format: 'block' },
    { selector: 'td', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'th', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
  ],
});
