import { Button, Checkbox, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconRefresh } from '@tabler/icons-react';
import type { Undelivered } from '../api/shapes.js';
import { plural, text } from '../text/text.js';
import { Confirm } from '../ui/confirm.js';
import type { UndeliveredSearch } from './search.js';
import classes from './undelivered.module.css';
import { type Decisions, fateOf } from './use-undelivered.js';

interface BulkActionsProps {
  items: Undelivered[];
  chosen: Undelivered[];
  search: UndeliveredSearch;
  hasMore: boolean;
  decisions: Decisions;
  onChoose: (ids: string[]) => void;
}

/** Selects all that is shown, and decides on what is selected; with nothing selected, on all that failed. */
export function BulkActions({ items, chosen, search, hasMore, decisions, onChoose }: BulkActionsProps) {
  const all = chosen.length === items.length;
  return (
    <div className={classes.bulk}>
      <Checkbox
        checked={all}
        indeterminate={!all && chosen.length > 0}
        onChange={() => onChoose(all ? [] : items.map(({ id }) => id))}
        label={chosen.length ? plural(chosen.length, text.undelivered.selected) : text.undelivered.selectAll}
      />
      <Group gap={8}>
        {chosen.length ? (
          <ForChosen chosen={chosen} decisions={decisions} />
        ) : (
          <RetryAll items={items} search={search} hasMore={hasMore} decisions={decisions} />
        )}
      </Group>
    </div>
  );
}

/** What may have arrived is left out of sending again: that is decided one by one. */
function ForChosen({ chosen, decisions: { retry, dismiss, retrying, isPending } }: { chosen: Undelivered[]; decisions: Decisions }) {
  const certain = chosen.filter((item) => fateOf(item) !== 'uncertain').map(({ id }) => id);
  const left = chosen.length - certain.length;
  return (
    <>
      {left > 0 && <span className={classes.hint}>{plural(left, text.undelivered.oneByOne)}</span>}
      <Button size="xs" disabled={!certain.length || isPending} loading={retrying} onClick={() => retry(certain)}>
        {certain.length ? text.undelivered.againMany(certain.length) : text.delivery.again}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={isPending}
        title={text.undelivered.dismissHint}
        onClick={() => dismiss(chosen.map(({ id }) => id))}
      >
        {text.undelivered.dismiss}
      </Button>
    </>
  );
}

function RetryAll({ items, search, hasMore, decisions: { retryAll, retrying, isPending } }: Omit<BulkActionsProps, 'chosen' | 'onChoose'>) {
  const [asking, { open, close }] = useDisclosure();
  if (!hasMore && !items.some((item) => fateOf(item) === 'failed')) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconRefresh size={14} aria-hidden />}
        disabled={isPending}
        loading={retrying}
        onClick={open}
      >
        {text.undelivered.againAll}
      </Button>
      <Confirm
        opened={asking}
        title={text.undelivered.againAllTitle}
        text={text.undelivered.againAllText}
        confirm={text.undelivered.againAllConfirm}
        onConfirm={() => retryAll(search)}
        onClose={close}
      />
    </>
  );
}
