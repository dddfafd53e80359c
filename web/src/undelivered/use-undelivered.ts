import { useState } from 'react';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Undelivered } from '../api/shapes.js';
import { plural, text } from '../text/text.js';
import { noticeFailure, noticeOffers } from '../ui/notice.js';
import { filterOf, type UndeliveredSearch } from './search.js';

/** `partial`: it left, but not everybody it was for got it. */
export type Fate = 'failed' | 'uncertain' | 'partial';

export const fateOf = ({ state }: Undelivered): Fate => (state === 'failed' || state === 'uncertain' ? state : 'partial');

export const nameOf = ({ conversation }: Undelivered): string => conversation.contactName ?? text.list.unnamed;

export const useUndeliveredCounts = () => api.useQuery('get', '/api/v1/deliveries/counts', {});

/** Replies that wait for somebody's decision, newest first. */
export function useUndelivered(search: UndeliveredSearch) {
  return api.useInfiniteQuery(
    'get',
    '/api/v1/deliveries',
    { params: { query: { attention: true, limit: 50, ...filterOf(search) } } },
    { pageParamName: 'cursor', initialPageParam: null, getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  );
}

/** What came of a decision on several replies at once. */
export interface Outcome {
  done: 'retried' | 'dismissed' | 'restored';
  count: number;
  refused: Array<{ name: string; reason: string }>;
}

const refreshAll = () =>
  Promise.all([refresh(keys.deliveries), refresh(keys.deliveryCounts), refresh(keys.allMessages), refresh(keys.lists)]);

/** Sends replies again or leaves them be; a refusal is told under the customer's name. */
export function useDecisions(items: Undelivered[]) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const named = (refused: Array<{ id: string; reason: string }>) =>
    refused.map(({ id, reason }) => {
      const item = items.find((one) => one.id === id);
      return { name: item ? nameOf(item) : text.undelivered.aReply, reason };
    });
  const retry = api.useMutation('post', '/api/v1/deliveries/retry', {
    onError: noticeFailure(text.undelivered.notRetried),
    onMutate: () => setOutcome(null),
    onSuccess: async ({ retried, refused }) => {
      setOutcome({ done: 'retried', count: retried.length, refused: named(refused) });
      await refreshAll();
    },
  });
  const dismiss = api.useMutation('post', '/api/v1/deliveries/dismiss', {
    onError: noticeFailure(text.undelivered.notDismissed),
    onMutate: () => setOutcome(null),
    onSuccess: async ({ dismissed, refused }) => {
      if (refused.length) setOutcome({ done: 'dismissed', count: dismissed.length, refused: named(refused) });
      else tell(dismissed);
      await refreshAll();
    },
  });
  const restore = api.useMutation('post', '/api/v1/deliveries/restore', {
    onError: noticeFailure(text.undelivered.notRestored),
    onSuccess: async ({ restored, refused }) => {
      if (refused.length) setOutcome({ done: 'restored', count: restored.length, refused: named(refused) });
      await refreshAll();
    },
  });
  const tell = (ids: string[]) =>
    noticeOffers(
      plural(ids.length, text.undelivered.dismissed),
      { [text.undelivered.undo]: () => restore.mutate({ body: { ids } }) },
      text.undelivered.dismissedHint,
    );
  return {
    outcome,
    forget: () => setOutcome(null),
    retry: (ids: string[]) => retry.mutate({ body: { ids } }),
    retryAll: (search: UndeliveredSearch) => retry.mutate({ body: { filter: filterOf(search) } }),
    dismiss: (ids: string[]) => dismiss.mutate({ body: { ids } }),
    retrying: retry.isPending,
    isPending: retry.isPending || dismiss.isPending,
  };
}

export type Decisions = ReturnType<typeof useDecisions>;
