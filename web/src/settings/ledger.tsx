import { Button, Chip, Group, Select, Text } from '@mantine/core';
import { useState } from 'react';
import { useChannels } from '../api/resources.js';
import { text } from '../text/text.js';
import { Empty, Failed, Loading } from '../ui/status.js';
import { LedgerEvents } from './ledger-events.js';
import classes from './settings.module.css';
import { type LedgerFilter, type LedgerView, ledgerViews, useEvents, useLedgerCounts } from './use-ledger.js';

/** What came in, above all what is in no conversation: why, and the way to hand it in again. */
export function Ledger() {
  const [filter, setFilter] = useState<LedgerFilter>({ view: 'quarantined', channelId: null });
  const { data: channels } = useChannels();
  const { data: counts } = useLedgerCounts(filter.channelId);
  const count = (view: LedgerView) => (view === 'ignored' || view === 'processed' ? 0 : (counts?.[view] ?? 0));
  return (
    <>
      <Text c="dimmed" mb="sm">
        {text.ledger.lead}
      </Text>
      <div className={classes.intro}>
        <Chip.Group value={filter.view} onChange={(view) => setFilter({ ...filter, view: view })}>
          <Group gap={6} role="radiogroup" aria-label={text.ledger.show}>
            {ledgerViews.map((view) => (
              <Chip key={view} value={view} size="xs" variant="light">
                {text.ledger.views[view]}
                {count(view) > 0 && ` (${count(view)})`}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <Select
          aria-label={text.ledger.channel}
          placeholder={text.ledger.anyChannel}
          clearable
          size="xs"
          data={channels?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={filter.channelId}
          onChange={(channelId) => setFilter({ ...filter, channelId })}
        />
      </div>
      <Events key={JSON.stringify(filter)} filter={filter} />
    </>
  );
}

function Events({ filter }: { filter: LedgerFilter }) {
  const events = useEvents(filter);
  if (events.isPending) return <Loading />;
  if (!events.data) return <Failed error={events.error} retry={events.refetch} />;
  const items = events.data.pages.flatMap((page) => page.items);
  return (
    <>
      <LedgerEvents items={items} filter={filter} hasMore={events.hasNextPage}>
        <Empty title={text.ledger.empty[filter.view]} hint={filter.channelId ? text.ledger.emptyHereHint : text.ledger.emptyHint} />
      </LedgerEvents>
      {events.hasNextPage && (
        <Button variant="default" mt="md" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
          {text.ledger.more}
        </Button>
      )}
    </>
  );
}
