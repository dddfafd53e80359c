import type { Findings } from './findings.js';
import { asId, asText, type JsonObject } from './json.js';

/**
 * Notes where comments stand otherwise at Meta than they are shown here. Webhooks tell of hiding and edits without an id or a
 * time of their own, so that the last of several may be lost; what Meta hides by itself, and all of this on Instagram, is told
 * by none.
 */
export async function noteStates(findings: Findings, account: string, comments: JsonObject[]): Promise<void> {
  const ids = comments.flatMap(({ id }) => asId(id) ?? []);
  const here = await findings.shown(ids);
  const readings = comments.flatMap((comment) => {
    const commentId = asId(comment.id);
    if (!commentId) return [];
    const { text, hidden } = stateOf(comment);
    const shown = here.get(commentId);
    // What is not here yet comes with its words; what is taken back here has none.
    const edit = shown && text !== undefined && plain(text) !== plain(shown.text) ? { text } : {};
    const hide = hidden !== undefined && hidden !== (shown?.hidden ?? false) ? { hidden } : {};
    const differing = { ...edit, ...hide };
    if (!Object.keys(differing).length) return [];
    return [{ read: 'comment-state' as const, id: account, commentId, at: findings.at, ...differing }];
  });
  await findings.note(readings);
}

/** Facebook and Instagram have other names for it. */
function stateOf({ message, text, is_hidden, hidden }: JsonObject): { text: string | undefined; hidden: boolean | undefined } {
  const isHidden = is_hidden ?? hidden;
  return { text: asText(message) ?? asText(text), hidden: typeof isHidden === 'boolean' ? isHidden : undefined };
}

const plain = (text: string) => text.normalize('NFC').replaceAll('\0', '').trim();
