import createPurifier from 'dompurify';
import type { Attachment } from '../api/shapes.js';
import { attachmentUrl } from './media.js';
import { foldHistory } from './fold-history.js';

const purifier = createPurifier(window);

/** Nothing runs and nothing is fetched but our own attachments: what the sanitiser missed is stopped here. */
const policy = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";

const look = `
  :root { color-scheme: light; }
  body { margin: 0; padding: 8px 10px; height: auto !important; display: flow-root; overflow-x: auto; overflow-wrap: anywhere; color: #1a1d20; background: #fff;
    font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
  body > :first-child, body > div:first-child > :first-child { margin-top: 0; }
  img { max-width: 100%; height: auto; color: #5a626b; font-size: 13px; }
  img:not([src]) { padding: 1px 4px; border: 1px dashed #b9c1c9; border-radius: 4px; }
  img:not([src]):not([alt]), img[alt='']:not([src]) { display: none; }
  pre { white-space: pre-wrap; }
  a { color: #1f6896; }
  summary { margin: 8px 0; color: #5a626b; cursor: pointer; }
  blockquote { margin: 8px 0; padding-left: 12px; border-left: 3px solid #dfe4e9; color: #5a626b; }
`;

/** Where a picture from elsewhere can be had through us; null while such pictures are not wanted. */
type PictureUrl = ((url: string) => string) | null;

/** A mail's HTML as a document for a sandboxed frame, and how many pictures from elsewhere it does without. */
export function cleanMail(
  html: string,
  attachments: Attachment[],
  quotedText: string | null,
  pictureUrl: PictureUrl,
): { document: string; blockedImages: number } {
  const fragment = purifier.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['form', 'input', 'button', 'textarea', 'select', 'video', 'audio', 'picture', 'source'],
    FORBID_ATTR: ['srcset', 'background', 'ping', 'autofocus'],
    RETURN_DOM_FRAGMENT: true,
  });
  showOwnPictures(fragment, attachments);
  const blockedImages = placeRemotePictures(fragment, pictureUrl);
  for (const link of fragment.querySelectorAll('a')) link.setAttribute('rel', 'noopener noreferrer');
  if (quotedText) foldHistory(fragment, quotedText);
  const body = fragment.ownerDocument.createElement('div');
  body.append(fragment);
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank"><style>${look}</style>`;
  return { document: `<!doctype html><html><head>${head}</head><body>${body.innerHTML}</body></html>`, blockedImages };
}

/** Pictures that came with the mail are shown from our store (RFC 2392 `cid:`); of all others with an address of their own only the words stay. */
function showOwnPictures(fragment: DocumentFragment, attachments: Attachment[]): void {
  const byContentId = new Map(attachments.map(({ contentId, id }) => [contentId, id]));
  for (const image of fragment.querySelectorAll('img:not([data-blocked-src])')) {
    const source = image.getAttribute('src') ?? '';
    if (source.startsWith('data:image/')) continue;
    const own = source.startsWith('cid:') && byContentId.get(decodeURIComponent(source.slice(4)));
    if (own) image.setAttribute('src', attachmentUrl(own));
    else image.replaceWith(image.getAttribute('alt') ?? '');
  }
}

/** The server keeps the address of a picture from elsewhere apart: loading it would tell its sender who reads when. */
function placeRemotePictures(fragment: DocumentFragment, pictureUrl: PictureUrl): number {
  const images = fragment.querySelectorAll('img[data-blocked-src]');
  for (const image of images) {
    if (pictureUrl) image.setAttribute('src', pictureUrl(image.getAttribute('data-blocked-src')!));
    else image.removeAttribute('src');
  }
  return pictureUrl ? 0 : images.length;
}
