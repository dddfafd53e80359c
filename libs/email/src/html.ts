import sanitize, { type IOptions } from 'sanitize-html';
import { quoteClass, quoteClasses } from './quote-classes.js';
import { showRealHosts } from './real-host.js';

/** So many characters of a mail's HTML are shown; the rest is in the mail itself. */
export const maxHtml = 2 * 2 ** 20;
/** Elements deeper than this are taken out, their words kept. */
export const maxNesting = 256;
const length = /^-?[\d.]{1,6}(px|pt|em|rem|ex|%|cm|in|mm)?$/;
const box = /^(-?[\d.]{1,6}(px|pt|em|rem|ex|%|cm|in|mm)?|auto)( (-?[\d.]{1,6}(px|pt|em|rem|ex|%|cm|in|mm)?|auto)){0,3}$/;
const words = /^[\w\s.,'"#%-]{1,200}$/;
/** Colours may be functions; anything else with parentheses may load, compute or run. */
const noUrl = /^(?!.*(?<!\b(?:rgba?|hsla?))\s*\()[\w\s.,'"#%()-]{1,200}$/i;

const styles: Record<string, RegExp[]> = {
  ...Object.fromEntries(
    ['color', 'background-color', 'font', 'font-family', 'font-style', 'font-weight', 'line-height'].map((name) => [name, [noUrl]]),
  ),
  ...Object.fromEntries(
    ['text-align', 'text-decoration', 'text-transform', 'vertical-align', 'white-space', 'list-style-type'].map((name) => [name, [words]]),
  ),
  ...Object.fromEntries(['margin', 'padding'].flatMap((name) => [name, ...sides(name)]).map((name) => [name, [box]])),
  ...Object.fromEntries(
    ['border', 'border-collapse', 'border-color', 'border-width', 'border-style', ...sides('border')].map((name) => [name, [noUrl]]),
  ),
  ...Object.fromEntries(['width', 'height', 'max-width', 'max-height', 'font-size', 'text-indent'].map((name) => [name, [length, words]])),
  display: [/^(block|inline|inline-block|none|table|table-row|table-cell)$/],
};

function sides(name: string): string[] {
  return ['top', 'right', 'bottom', 'left'].map((side) => `${name}-${side}`);
}

const allowList: IOptions = {
  allowedTags:
    'p div span br hr a img b strong i em u s sub sup small big font center h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code table thead tbody tfoot tr td th caption col colgroup'.split(
      ' ',
    ),
  allowedAttributes: {
    '*': ['title', 'dir', 'lang', 'align', 'valign', 'bgcolor', 'width', 'height', 'style', 'class'],
    a: ['href', 'target', 'rel'],
    img: ['src', 'alt', 'data-blocked-src'],
    font: ['color', 'size', 'face'],
    table: ['border', 'cellpadding', 'cellspacing'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
    ol: ['start', 'type'],
  },
  allowedClasses: { '*': quoteClasses },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['cid', 'data', 'http', 'https'] },
  allowedSchemesAppliedToAttributes: ['href', 'src', 'data-blocked-src'],
  allowProtocolRelative: false,
  allowedStyles: { '*': styles },
  nonTextTags:
    'script style textarea option noscript title head object embed applet iframe frameset select svg math template xmp audio video'.split(
      ' ',
    ),
  nestingLimit: maxNesting,
  parseStyleAttributes: true,
};

type Attributes = Record<string, string>;

const maxDepth = 500;
const leaves = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
/** Elements that the next of their kind ends, so that they never pile up. */
const selfEnding = new Set('p li dt dd td th tr option'.split(' '));

/** Whether elements are piled up as only an attack does it: parsers take time by the square of that. */
function isTower(html: string): boolean {
  let depth = 0;
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    const tag = name.toLowerCase();
    if (leaves.has(tag) || selfEnding.has(tag)) continue;
    depth = slash ? Math.max(0, depth - 1) : depth + 1;
    if (depth > maxDepth) return true;
  }
  return false;
}

/** The page cut to size; of a tower only the words. */
function tamed(html: string): string {
  const page = html.slice(0, maxHtml);
  return isTower(page) ? page.replace(/<[^<>]*>/g, ' ').replaceAll('<', ' ') : page;
}

/**
 * HTML of a stranger made safe to show: an allow-list of elements, attributes and styles; no scripts, forms, frames or
 * tracking pixels. Remote images do not load: their address waits in `data-blocked-src`. Quoted history carries the
 * class `quoted-history`. Pictures within the mail keep their `cid:` address. A link that names another host than it
 * leads to says where it leads.
 */
export function sanitizeIncoming(html: string): string {
  return showRealHosts(allowedOnly(html));
}

/** The same without a word added, for making text of it. */
export function allowedOnly(html: string): string {
  return sanitize(tamed(html), {
    ...allowList,
    transformTags: { a: safeLink, img: blockImage, '*': markQuote },
    exclusiveFilter: ({ tag, attribs }) =>
      tag === 'img' && (isPixel(attribs) || (!attribs.src && !attribs['data-blocked-src'] && !attribs.alt)),
  });
}

/** HTML of an agent made safe to send: the same allow-list, images as they are. */
export function sanitizeOutgoing(html: string): string {
  return sanitize(tamed(html), { ...allowList, allowedClasses: { '*': [] }, transformTags: { a: safeLink, img: safeImage } });
}

/** A link leads to a whole address, or nowhere: there is no page that it could be relative to. */
function safeLink(tagName: string, { href = '', target: _target, rel: _rel, ...attribs }: Attributes) {
  const whole = wholeAddress(href);
  return { tagName, attribs: { ...attribs, ...(whole && { href: whole, target: '_blank', rel: 'noopener noreferrer nofollow' }) } };
}

function wholeAddress(href: string): string | null {
  // Browsers read past these, so that `java\nscript:` is one word to them.
  const address = href.replace(/[\0-\x1f\x7f]/g, '').trim();
  if (/^(https?:\/\/[^/]|mailto:|tel:)/i.test(address)) return address;
  if (/^www\.[\w-]+\./i.test(address)) return `https://${address}`;
  return /^\/\/[^/]/.test(address) ? `https:${address}` : null;
}

const ownImage = /^(cid:|data:image\/(png|jpe?g|gif|webp)[;,])/i;

function safeImage(tagName: string, { src = '', ...attribs }: Attributes) {
  return { tagName, attribs: ownImage.test(src) || /^https?:/i.test(src) ? { ...attribs, src } : attribs };
}

function blockImage(tagName: string, { src = '', ...attribs }: Attributes) {
  const source = src.trim();
  if (ownImage.test(source)) return { tagName, attribs: { ...attribs, src: source } };
  return { tagName, attribs: /^https?:\/\//i.test(source) ? { ...attribs, 'data-blocked-src': source } : attribs };
}

function markQuote(tagName: string, { class: given, ...attribs }: Attributes) {
  const mark = quoteClass(tagName, { ...attribs, ...(given && { class: given }) });
  return { tagName, attribs: mark ? { ...attribs, class: mark } : attribs };
}

function isPixel({ width, height, style = '' }: Attributes): boolean {
  const tiny = [width, height].some((size) => size !== undefined && Number.parseFloat(size) <= 2);
  return tiny || /display\s*:\s*none|(?:^|;)\s*(?:width|height)\s*:\s*[0-2](?:\.\d+)?(?:px)?\s*(?:!|;|$)/i.test(style);
}
