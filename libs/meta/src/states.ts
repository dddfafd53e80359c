import type { Findings } from './findings.js';
import { asId, asText, type JsonObject } from './json.js';

/**
 * Notes where comments, or messages of customers, stand otherwise at Meta than they are shown here. Webhooks may have been lost,
 * and those of comments tell of hiding and edits without an id or a time of their own, so that the last of several may be
 * missing; what Meta hides by itself, and all that happens to comments on Instagram, is told by none.
 */
export async function noteStates(findings: Findings, account: string, things: JsonObject[]): Promise<void> {
  const ids = things.flatMap(({ id }) => asId(id) ?? []);
  const here = await findings.shown(ids);
  const readings = things.flatMap((thing) => {
    const of = asId(thing.id);
    if (!of) return [];
    const { text, hidden } = stateOf(thing);
    const shown = here.get(of);
    // What is not here yet comes with its words; what is taken back here has none.
    const edit = shown && text !== undefined && plain(text) !== plain(shown.text) ? { text } : {};
    const hide = hidden !== undefined && hidden !== (shown?.hidden ?? false) ? { hidden } : {};
    const differing = { ...edit, ...hide };
    if (!Object.keys(differing).length) return [];
    return [{ read: 'state' as const, id: account, of, at: findings.at, ...differing }];
  });
  await findings.note(readings);
}

/** Facebook and Instagram have other names for it. */
function stateOf({ message, text, is_hidden, hidden }: JsonObject): { text: string | undefined; hidden: boolean | undefined } {
  const isHidden = is_hidden ?? hidden;
  return { text: asText(message) ?? asText(text), hidden: typeof isHidden === 'boolean' ? isHidden : undefined };
}

const plain = (text: string) => text.normalize('NFC').replaceAll('\0', '').trim();
