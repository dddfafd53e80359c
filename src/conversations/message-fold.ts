import type { MessageChange as Change, Person } from '#libs/connector';
import type { MessageChange } from './message-change.entity.js';

/** A kept change as the fold wants it. */
export type KeptChange = Pick<MessageChange, 'key' | 'at'> & { change: Change };

/** What all changes of a message make of it; null for what none of them speaks of. */
export interface Folded {
  edit: { text: string; at: Date } | null;
  withdrawnAt: Date | null;
  /** Who reacts with what now, in the order in which they did; `by` is null for our side. */
  reactions: Array<{ emoji: string; by: Person | null }>;
  hidden: boolean | null;
  liked: boolean | null;
  /** When a customer reacted last; taking a reaction back is none. */
  reactedAt: Date | null;
}

type Of<K extends Change['kind']> = KeptChange & { change: Extract<Change, { kind: K }> };

/** The same for the same changes, in whatever order and how often they are given. */
export function fold(changes: KeptChange[]): Folded {
  const inOrder = changes.toSorted(byTime);
  const all = <K extends Change['kind']>(kind: K) => inOrder.filter((row): row is Of<K> => row.change.kind === kind);
  return {
    edit: latestEdit(all('edit')),
    withdrawnAt: all('withdraw')[0]?.at ?? null,
    ...foldReactions(all('reaction')),
    hidden: all('hide').at(-1)?.change.hidden ?? null,
    liked: all('like').at(-1)?.change.liked ?? null,
  };
}

/** By the platform's clock; of two at the same moment all have to choose the same. */
const byTime = (one: KeptChange, other: KeptChange): number =>
  one.at.getTime() - other.at.getTime() || (one.key < other.key ? -1 : Number(one.key !== other.key));

/** Given in their order of time, which edits of one version keep. */
function latestEdit(edits: Of<'edit'>[]): Folded['edit'] {
  const told = edits
    .filter(({ change }) => change.version !== null)
    .toSorted((one, other) => one.change.version! - other.change.version!)
    .at(-1);
  const read = edits.filter(({ change }) => change.version === null).at(-1);
  const latest = told && read ? (read.at >= told.at ? read : told) : (told ?? read);
  return latest ? { text: latest.change.text, at: latest.at } : null;
}

/** Nobody reacts twice to a message: each one's latest holds. */
function foldReactions(rows: Of<'reaction'>[]): Pick<Folded, 'reactions' | 'reactedAt'> {
  const latest = new Map<string, Of<'reaction'>['change']>();
  for (const { change } of rows) {
    const who = change.by ? `${change.by.scope} ${change.by.id}` : '';
    latest.delete(who);
    latest.set(who, change);
  }
  return {
    reactions: [...latest.values()].flatMap(({ emoji, by }) => (emoji === null ? [] : { emoji, by })),
    reactedAt: rows.filter(({ change }) => change.by && change.emoji !== null).at(-1)?.at ?? null,
  };
}
