import { useEffect, useState } from 'react';
import { api } from '../api/client.js';
import { keys, refresh, useMe } from '../api/resources.js';
import { text } from '../text/text.js';
import { noticeFailure } from '../ui/notice.js';

/** Nothing announces a change of the ledger. */
const askEveryMs = 60_000;
const watchEveryMs = 1_000;

/** Events as one looks for them. `waiting` are changes whose message has not come. */
export const ledgerViews = ['quarantined', 'unrouted', 'waiting', 'received', 'ignored', 'processed'] as const;
export type LedgerView = (typeof ledgerViews)[number];

export interface LedgerFilter {
  view: LedgerView;
  channelId: string | null;
}

/** How many events are in which state; `watched`: somebody waits for those under way. */
export function useLedgerCounts(channelId: string | null, watched = false) {
  const { role } = useMe();
  const which = { params: { query: channelId ? { channelId } : {} } };
  return api.useQuery('get', '/api/v1/inbound-events/counts', which, {
    enabled: role !== 'agent',
    staleTime: askEveryMs,
    refetchInterval: watched ? watchEveryMs : askEveryMs,
  });
}

/** How many events are in no conversation and wait for somebody; 0 for those who do not look after them. */
export function useLeftOut(): number {
  const { data } = useLedgerCounts(null);
  return data ? data.quarantined + data.unrouted : 0;
}

export function useEvents({ view, channelId }: LedgerFilter) {
  const which = view === 'waiting' ? { waiting: true } : { state: view };
  return api.useInfiniteQuery(
    'get',
    '/api/v1/inbound-events',
    { params: { query: { ...which, ...(channelId && { channelId }), limit: 50 } } },
    { pageParamName: 'cursor', initialPageParam: null, getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined, staleTime: 0 },
  );
}

/** What came of a replay: how many events are being taken in again, since when, and which cannot be. */
export interface Replayed {
  count: number;
  at: number;
  refused: Array<{ id: string; reason: string }>;
}

/** Hands events in again. */
export function useReplay() {
  const [replayed, setReplayed] = useState<Replayed | null>(null);
  const { mutate, isPending } = api.useMutation('post', '/api/v1/inbound-events/replay', {
    onError: noticeFailure(text.ledger.failed),
    onMutate: () => setReplayed(null),
    onSuccess: ({ replayed: count, refused }) => {
      setReplayed({ count, refused, at: Date.now() });
      return refresh(keys.ledger);
    },
  });
  return { replay: mutate, isPending, replayed, forget: () => setReplayed(null) };
}

/** How many events of a replay are taken in; asks every second until all are, and then for where they went. */
export function useProgress({ count, at }: Replayed, channelId: string | null): { done: number; isOver: boolean } {
  const [isOver, setOver] = useState(count === 0);
  const { data, dataUpdatedAt } = useLedgerCounts(channelId, !isOver);
  const left = data && dataUpdatedAt > at ? Math.min(data.received, count) : count;
  if (!isOver && left === 0) setOver(true);
  useEffect(() => {
    if (isOver) void refresh(keys.ledger);
  }, [isOver]);
  return { done: isOver ? count : count - left, isOver };
}
