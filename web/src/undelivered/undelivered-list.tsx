import { Progress } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { Undelivered } from '../api/shapes.js';
import { text } from '../text/text.js';
import { BulkActions } from './bulk-actions.js';
import { BulkOutcome } from './bulk-outcome.js';
import type { UndeliveredSearch } from './search.js';
import { UndeliveredRow } from './undelivered-row.js';
import classes from './undelivered.module.css';
import { useDecisions } from './use-undelivered.js';

interface UndeliveredListProps {
  items: Undelivered[];
  search: UndeliveredSearch;
  hasMore: boolean;
  /** Stands for the list when there is nothing in it. */
  children: ReactNode;
}

/** The replies, what is selected of them, and what came of the last decision. */
export function UndeliveredList({ items, search, hasMore, children }: UndeliveredListProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const decisions = useDecisions(items);
  const { outcome } = decisions;
  // What has left the list meanwhile is selected no more.
  const chosen = items.filter(({ id }) => selected.has(id));
  const toggle = (id: string, on: boolean) =>
    setSelected((before) => new Set([...before].filter((one) => one !== id).concat(on ? id : [])));
  return (
    <>
      {items.length > 0 && (
        <BulkActions
          items={items}
          chosen={chosen}
          search={search}
          hasMore={hasMore}
          decisions={decisions}
          onChoose={(ids) => setSelected(new Set(ids))}
        />
      )}
      {decisions.retrying && <Progress mb="md" value={100} animated aria-label={text.undelivered.retrying} />}
      {outcome && <BulkOutcome outcome={outcome} onClose={decisions.forget} />}
      {items.length ? (
        <ul className={classes.rows} aria-label={text.undelivered.title} onKeyDown={moveBetweenRows}>
          {items.map((item) => (
            <UndeliveredRow
              key={item.id}
              item={item}
              selected={selected.has(item.id)}
              onSelect={(on) => toggle(item.id, on)}
              decisions={decisions}
            />
          ))}
        </ul>
      ) : (
        children
      )}
    </>
  );
}

/** Arrow keys walk from one row's box to the next; Space selects it. */
function moveBetweenRows(event: KeyboardEvent<HTMLUListElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = step && (event.target as HTMLElement).closest('li');
  const next = row && (step > 0 ? row.nextElementSibling : row.previousElementSibling);
  if (!next) return;
  event.preventDefault();
  next.querySelector<HTMLInputElement>('input[type=checkbox]')?.focus();
}
