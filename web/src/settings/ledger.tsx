import { Anchor, Button, Group, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api/client.js';
import { keys, refresh, useChannelsById, useConnector } from '../api/resources.js';
import type { InboundEvent } from '../api/shapes.js';
import { moment, text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { noticeDone, noticeFailure } from '../ui/notice.js';
import { Empty, Failed, Loading } from '../ui/status.js';
import classes from './settings.module.css';

const states = ['quarantined', 'unrouted', 'ignored'] as const;
type State = (typeof states)[number];

/** What came in and was kept, but is in no conversation: why, and the way to hand it in again. */
export function Ledger() {
  const [state, setState] = useState<State>('quarantined');
  return (
    <>
      <div className={classes.intro}>
        <Text c="dimmed">{text.ledger.lead}</Text>
        <SegmentedControl
          aria-label={text.ledger.show}
          data={states.map((value) => ({ value, label: text.ledger[value] }))}
          value={state}
          onChange={(value) => setState(value)}
        />
      </div>
      <Events state={state} />
    </>
  );
}

function Events({ state }: { state: State }) {
  const events = api.useInfiniteQuery(
    'get',
    '/api/v1/inbound-events',
    { params: { query: { state, limit: 50 } } },
    // Nothing announces a change of the ledger, so it is asked for at each visit.
    { pageParamName: 'cursor', initialPageParam: null, getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined, staleTime: 0 },
  );
  if (events.isPending) return <Loading />;
  if (!events.data) return <Failed error={events.error} retry={events.refetch} />;
  const items = events.data.pages.flatMap((page) => page.items);
  if (!items.length) return <Empty title={text.ledger.empty[state]} hint={text.ledger.emptyHint} />;
  return (
    <>
      {state !== 'unrouted' && <ReplayAll state={state} />}
      <ul className={classes.cards} aria-label={text.settings.ledger}>
        {items.map((event) => (
          <EventCard key={event.id} event={event} />
        ))}
      </ul>
      {events.hasNextPage && (
        <Button variant="default" mt="md" loading={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
          {text.ledger.more}
        </Button>
      )}
    </>
  );
}

function useReplay() {
  return api.useMutation('post', '/api/v1/inbound-events/replay', {
    onError: noticeFailure(text.ledger.failed),
    onSuccess: () => {
      noticeDone(text.ledger.replayed, text.ledger.replayedHint);
      return refresh(keys.ledger);
    },
  });
}

/** For what is understood only since a newer version: an unrouted event waits for its channel instead. */
function ReplayAll({ state }: { state: 'quarantined' | 'ignored' }) {
  const replay = useReplay();
  return (
    <Button size="xs" variant="default" mb="md" loading={replay.isPending} onClick={() => replay.mutate({ body: { filter: { state } } })}>
      {text.ledger.replayAll}
    </Button>
  );
}

function EventCard({ event }: { event: InboundEvent }) {
  const { id, receivedAt, reason, attempts, channelId } = event;
  const channel = useChannelsById().get(channelId ?? '');
  const connector = useConnector(event.connector);
  const when = moment(new Date(receivedAt));
  const replay = useReplay();
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <div className={classes.cardName}>
          <Text fw={600}>{channel?.name ?? connector?.label ?? event.connector}</Text>
          <Text size="sm" c="dimmed">
            {text.ledger.received} <Age at={receivedAt} /> · {text.ledger.attempts}: {attempts}
          </Text>
        </div>
        <Group gap="sm" wrap="nowrap">
          <Anchor size="sm" href={`/api/v1/inbound-events/${id}/raw`} download aria-label={text.ledger.rawOf(when)}>
            {text.ledger.raw}
          </Anchor>
          {event.state !== 'unrouted' && (
            <Button
              size="xs"
              variant="default"
              loading={replay.isPending}
              aria-label={text.ledger.replayOf(when)}
              onClick={() => replay.mutate({ body: { ids: [id] } })}
            >
              {text.ledger.replay}
            </Button>
          )}
        </Group>
      </div>
      <p className={classes.detail}>{reason ?? (event.state === 'unrouted' ? text.ledger.unroutedHint : text.ledger.noReason)}</p>
    </li>
  );
}
