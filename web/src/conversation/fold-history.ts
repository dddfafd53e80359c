import { text } from '../text/text.js';

/**
 * Puts what the server took for signature and history behind a fold that needs no script. Where it stands at the mail's
 * end, all of it; else (answers below or within the quotation) only the quotations themselves, so that no answer is hidden.
 */
export function foldHistory(fragment: DocumentFragment, quotedText: string): void {
  const start = historyStart(fragment, quotedText);
  if (start) {
    fold([start, ...everythingAfter(start)]);
    return;
  }
  for (const quote of fragment.querySelectorAll('blockquote.quoted-history')) {
    if (!quote.parentElement?.closest('details')) fold([quote]);
  }
}

/** Spaces and quote marks differ between a mail's HTML and the text made of it. */
const bare = (words: string) => words.replace(/[\s>]+/g, '');

const enoughToKnow = 40;

/** The outermost element with which the trailing history begins; null when it is not at the end, or is the whole mail. */
function historyStart(fragment: DocumentFragment, quotedText: string): Element | null {
  const all = bare(fragment.textContent ?? '');
  const history = bare(quotedText);
  if (!all.endsWith(history.slice(-enoughToKnow))) return null;
  const position = all.endsWith(history) ? all.length - history.length : all.indexOf(history.slice(0, enoughToKnow));
  return position > 0 ? elementAt(fragment, position) : null;
}

function elementAt(fragment: DocumentFragment, position: number): Element | null {
  let passed = 0;
  const walker = fragment.ownerDocument.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = bare(node.textContent ?? '');
    if (words && passed === position) return outermostFrom(node);
    passed += words.length;
  }
  return null;
}

/** Climbs while nothing is said before the node in its parent. */
function outermostFrom(node: Node): Element | null {
  let found: Element | null = null;
  for (let inner = node; inner.parentElement && isFirstSaid(inner); inner = inner.parentElement) found = inner.parentElement;
  return found;
}

function isFirstSaid(node: Node): boolean {
  for (let before = node.previousSibling; before; before = before.previousSibling) {
    if (bare(before.textContent ?? '')) return false;
  }
  return true;
}

function everythingAfter(start: Element): ChildNode[] {
  const found: ChildNode[] = [];
  for (let inner: Element | null = start; inner; inner = inner.parentElement) {
    for (let next = inner.nextSibling; next; next = next.nextSibling) found.push(next);
  }
  return found;
}

function fold(parts: [Element, ...ChildNode[]]): void {
  const [first] = parts;
  const details = first.ownerDocument.createElement('details');
  const summary = first.ownerDocument.createElement('summary');
  summary.textContent = text.thread.showHistory;
  first.before(details);
  details.append(summary, ...parts);
}
