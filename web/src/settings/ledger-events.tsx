import { Button, Checkbox, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useChannelsById } from '../api/resources.js';
import type { InboundEvent } from '../api/shapes.js';
import { plural, text } from '../text/text.js';
import { Confirm } from '../ui/confirm.js';
import { EventCard } from './event-card.js';
import { ReplayProgress } from './replay-progress.js';
import classes from './settings.module.css';
import { type LedgerFilter, type LedgerView, useReplay } from './use-ledger.js';

/** What waits for its channel, for its message or for its turn comes in by itself. */
const isReplayable = (view: LedgerView) => view === 'quarantined' || view === 'ignored' || view === 'processed';

interface LedgerEventsProps {
  items: InboundEvent[];
  filter: LedgerFilter;
  hasMore: boolean;
  /** Stands for the list when there is nothing in it. */
  children: ReactNode;
}

/** The events, which of them are selected, and how far their replay is. */
export function LedgerEvents({ items, filter, hasMore, children }: LedgerEventsProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { replay, isPending, replayed, forget } = useReplay();
  const chosen = items.map(({ id }) => id).filter((id) => selected.has(id));
  const replayable = isReplayable(filter.view);
  const toggle = (id: string, on: boolean) =>
    setSelected((before) => new Set([...before].filter((one) => one !== id).concat(on ? id : [])));
  return (
    <>
      {replayed && <ReplayProgress key={replayed.at} replayed={replayed} channelId={filter.channelId} onClose={forget} />}
      {replayable && items.length > 0 && (
        <div className={classes.bulk}>
          <Checkbox
            checked={chosen.length === items.length}
            indeterminate={chosen.length > 0 && chosen.length < items.length}
            onChange={() => setSelected(new Set(chosen.length === items.length ? [] : items.map(({ id }) => id)))}
            label={chosen.length ? plural(chosen.length, text.undelivered.selected) : text.undelivered.selectAll}
          />
          {chosen.length ? (
            <Button size="xs" loading={isPending} onClick={() => replay({ body: { ids: chosen } })}>
              {text.ledger.replayMany(chosen.length)}
            </Button>
          ) : (
            <ReplayAll
              filter={filter}
              count={hasMore ? null : items.length}
              loading={isPending}
              onReplay={(which) => replay({ body: { filter: which } })}
            />
          )}
        </div>
      )}
      {items.length ? (
        <ul className={classes.cards} aria-label={text.settings.ledger}>
          {items.map((event) => (
            <EventCard
              key={event.id}
              event={event}
              selected={selected.has(event.id)}
              onSelect={replayable ? (on) => toggle(event.id, on) : null}
              onReplay={replayable && !isPending ? () => replay({ body: { ids: [event.id] } }) : null}
            />
          ))}
        </ul>
      ) : (
        children
      )}
    </>
  );
}

interface ReplayAllProps {
  filter: LedgerFilter;
  /** Null when more match than are shown. */
  count: number | null;
  loading: boolean;
  onReplay: (which: { state: 'quarantined' | 'ignored' | 'processed'; channelId?: string }) => void;
}

/** Hands in everything that matches, also what is not shown: for what is understood only since a newer version. */
function ReplayAll({ filter: { view, channelId }, count, loading, onReplay }: ReplayAllProps) {
  const [asking, { open, close }] = useDisclosure();
  const channel = useChannelsById().get(channelId ?? '')?.name;
  if (view !== 'quarantined' && view !== 'ignored' && view !== 'processed') return null;
  return (
    <Group gap={8}>
      <Button size="xs" variant="default" loading={loading} onClick={open}>
        {text.ledger.replayAll}
      </Button>
      <Confirm
        opened={asking}
        title={count === null ? text.ledger.replayAllTitle : plural(count, text.ledger.replayCountTitle)}
        text={`${text.ledger.replayAllText(text.ledger.views[view], channel ?? text.ledger.everyChannel)}`}
        confirm={text.ledger.replay}
        onConfirm={() => onReplay({ state: view, ...(channelId && { channelId }) })}
        onClose={close}
      />
    </Group>
  );
}
