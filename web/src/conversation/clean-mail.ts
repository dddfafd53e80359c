import createPurifier from 'dompurify';
import type { Attachment } from '../api/shapes.js';
import { text } from '../text/text.js';
import { attachmentUrl } from './attachments.js';

const purifier = createPurifier(window);

/** Nothing runs and nothing is fetched but our own attachments: what the sanitiser missed is stopped here. */
const policy = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";

const look = `
  :root { color-scheme: light; }
  body { margin: 0; padding: 8px 10px; height: auto !important; display: flow-root; overflow-x: auto; overflow-wrap: anywhere; color: #1a1d20; background: #fff;
    font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
  img { max-width: 100%; height: auto; }
  pre { white-space: pre-wrap; }
  a { color: #1f6896; }
  summary { margin: 8px 0; color: #5a626b; cursor: pointer; }
  blockquote { margin: 8px 0; padding-left: 12px; border-left: 3px solid #dfe4e9; color: #5a626b; }
`;

/** A mail's HTML as a document for a sandboxed frame, and how many remote pictures were taken out of it. */
export function cleanMail(html: string, attachments: Attachment[], hasQuote: boolean): { document: string; blockedImages: number } {
  const fragment = purifier.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['form', 'input', 'button', 'textarea', 'select', 'video', 'audio', 'picture', 'source'],
    FORBID_ATTR: ['srcset', 'background', 'ping', 'autofocus'],
    RETURN_DOM_FRAGMENT: true,
  });
  const blockedImages = keepOwnImages(fragment, attachments);
  for (const link of fragment.querySelectorAll('a')) link.setAttribute('rel', 'noopener noreferrer');
  if (hasQuote) foldQuotes(fragment);
  const body = fragment.ownerDocument.createElement('div');
  body.append(fragment);
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank"><style>${look}</style>`;
  return { document: `<!doctype html><html><head>${head}</head><body>${body.innerHTML}</body></html>`, blockedImages };
}

/** Pictures that came with the mail are shown from our store (RFC 2392 `cid:`); remote ones would tell the sender who reads when. */
function keepOwnImages(fragment: DocumentFragment, attachments: Attachment[]): number {
  const byContentId = new Map(attachments.map(({ contentId, id }) => [contentId, id]));
  let blocked = 0;
  for (const image of fragment.querySelectorAll('img')) {
    const source = image.getAttribute('src') ?? '';
    if (source.startsWith('data:image/')) continue;
    const own = source.startsWith('cid:') && byContentId.get(decodeURIComponent(source.slice(4)));
    if (own) image.setAttribute('src', attachmentUrl(own));
    else {
      image.replaceWith(image.alt);
      blocked += 1;
    }
  }
  return blocked;
}

/**
 * The quotations that the server marked go behind folds that need no script. Answers written between them stay in
 * sight, and where a mail is nothing but marked parts (answers within the quotation) it is shown whole.
 */
function foldQuotes(fragment: DocumentFragment): void {
  const folds: HTMLDetailsElement[] = [];
  for (const mark of fragment.querySelectorAll('.quoted-history')) {
    if (mark.closest('details') || mark.nextElementSibling?.matches('blockquote.quoted-history')) continue;
    folds.push(fold(isHeading(mark) ? [mark, ...followers(mark)] : [mark]));
  }
  const outside = folds.reduce((left, { textContent }) => left.replace(textContent, ''), fragment.textContent ?? '');
  if (!outside.trim()) folds.forEach((one) => (one.open = true));
}

/** Outlook marks the header of the history only; the history itself follows. */
const isHeading = (mark: Element) => mark.tagName === 'DIV' && !mark.querySelector('blockquote');

function fold(parts: ChildNode[]): HTMLDetailsElement {
  const [first] = parts;
  const details = first!.ownerDocument!.createElement('details');
  const summary = first!.ownerDocument!.createElement('summary');
  summary.textContent = text.thread.showQuoted;
  first!.before(details);
  details.append(summary, ...parts);
  return details;
}

function followers(node: ChildNode): ChildNode[] {
  const found: ChildNode[] = [];
  for (let next = node.nextSibling; next; next = next.nextSibling) found.push(next);
  return found;
}
