import { Button, SegmentedControl, Select, Text, Title } from '@mantine/core';
import { IconMailCheck } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useChannels } from '../api/resources.js';
import { text } from '../text/text.js';
import { Empty, Failed, Loading } from '../ui/status.js';
import type { UndeliveredSearch } from './search.js';
import { UndeliveredList } from './undelivered-list.js';
import classes from './undelivered.module.css';
import { useUndelivered, useUndeliveredCounts } from './use-undelivered.js';

const route = getRouteApi('/app/not-delivered');

/** Every reply that did not reach its customer, or may not have: why, and what to do. */
export function UndeliveredScreen() {
  const search = route.useSearch();
  return (
    <div className={classes.page}>
      <div className={classes.inner}>
        <Title order={1} size="h3">
          {text.undelivered.title}
        </Title>
        <Text c="dimmed" mb="md">
          {text.undelivered.lead}
        </Text>
        <Filters search={search} />
        <Found key={JSON.stringify(search)} search={search} />
      </div>
    </div>
  );
}

function Filters({ search }: { search: UndeliveredSearch }) {
  const navigate = useNavigate();
  const { data: counts } = useUndeliveredCounts();
  const { data: channels } = useChannels();
  const narrow = (change: UndeliveredSearch) =>
    void navigate({ to: '/not-delivered', search: ({ mine, channel, kind }) => ({ mine, channel, kind, ...change }), replace: true });
  const counted = (label: string, count: number | undefined) => (count ? `${label} (${count})` : label);
  const kinds = Object.entries(text.undelivered.kinds).map(([value, label]) => {
    const count = counts?.byKind[value as keyof typeof text.undelivered.kinds];
    return { value, label: counted(label, count) };
  });
  return (
    <div className={classes.filters}>
      <SegmentedControl
        aria-label={text.undelivered.whose}
        data={[
          { value: 'all', label: counted(text.undelivered.everybodys, counts?.attention) },
          { value: 'mine', label: counted(text.undelivered.mine, counts?.mine) },
        ]}
        value={search.mine ? 'mine' : 'all'}
        onChange={(whose) => narrow({ mine: whose === 'mine' || undefined })}
      />
      <Select
        aria-label={text.undelivered.channel}
        placeholder={text.undelivered.anyChannel}
        clearable
        data={channels?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={search.channel ?? null}
        onChange={(channel) => narrow({ channel: channel ?? undefined })}
      />
      <Select
        aria-label={text.undelivered.kind}
        placeholder={text.undelivered.anyKind}
        clearable
        data={kinds}
        value={search.kind ?? null}
        onChange={(kind) => narrow({ kind: (kind ?? undefined) as UndeliveredSearch['kind'] })}
      />
    </div>
  );
}

function Found({ search }: { search: UndeliveredSearch }) {
  const pages = useUndelivered(search);
  if (pages.isPending) return <Loading label={text.undelivered.loading} />;
  if (!pages.data) return <Failed error={pages.error} retry={pages.refetch} />;
  const items = pages.data.pages.flatMap((page) => page.items);
  return (
    <>
      <UndeliveredList items={items} search={search} hasMore={pages.hasNextPage}>
        <Nothing search={search} />
      </UndeliveredList>
      {pages.hasNextPage && (
        <Button variant="default" mt="md" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {text.undelivered.more}
        </Button>
      )}
    </>
  );
}

function Nothing({ search: { mine, channel, kind } }: { search: UndeliveredSearch }) {
  const narrowed = mine || channel || kind;
  return (
    <Empty
      icon={<IconMailCheck size={40} stroke={1.2} aria-hidden />}
      title={narrowed ? text.undelivered.emptyNarrowed : text.undelivered.empty}
      hint={narrowed ? text.undelivered.emptyNarrowedHint : text.undelivered.emptyHint}
    />
  );
}
