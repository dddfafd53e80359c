import { useMemo } from 'react';
import { api } from '../api/client.js';

/** Everything said in a conversation, oldest first. */
export function useMessages(conversationId: string) {
  const pages = api.useInfiniteQuery(
    'get',
    '/api/v1/conversations/{id}/messages',
    { params: { path: { id: conversationId }, query: { limit: 100 } } },
    { pageParamName: 'cursor', initialPageParam: null, getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  );
  const messages = useMemo(() => pages.data?.pages.flatMap(({ items }) => items), [pages.data]);
  return { ...pages, messages };
}
