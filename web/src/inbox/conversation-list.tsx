import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { api } from '../api/client.js';
import { useChannels, useMe } from '../api/resources.js';
import { text } from '../text/text.js';
import { Empty, Failed, Loading } from '../ui/status.js';
import { ConversationRow } from './conversation-row.js';
import classes from './inbox.module.css';
import { listFilter, type ListSearch, type View } from './views.js';

const rowHeight = 92;
const overscan = 8;

/** The conversations of a view, newest first; further pages are fetched as they come into sight. */
export function ConversationList({ view, search }: { view: View; search: ListSearch }) {
  const pages = useConversations(view, search);
  if (pages.isPending) return <Loading label={text.list.loading} />;
  if (!pages.data) return <Failed error={pages.error} retry={pages.refetch} />;
  const conversations = pages.data.pages.flatMap(({ items }) => items);
  if (!conversations.length) return <NothingHere view={view} search={search} />;
  return <Rows view={view} search={search} pages={pages} conversations={conversations} />;
}

function useConversations(view: View, search: ListSearch) {
  return api.useInfiniteQuery(
    'get',
    '/api/v1/conversations',
    { params: { query: listFilter(view, search) } },
    { pageParamName: 'cursor', initialPageParam: null, getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  );
}

type Pages = ReturnType<typeof useConversations>;
type Conversations = NonNullable<Pages['data']>['pages'][number]['items'];

function Rows({ view, search, pages, conversations }: { view: View; search: ListSearch; pages: Pages; conversations: Conversations }) {
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: conversations.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => conversations[index]?.id ?? index,
    overscan,
  });
  const shown = rows.getVirtualItems();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const endInSight = (shown.at(-1)?.index ?? 0) >= conversations.length - 1;
  useEffect(() => {
    if (endInSight && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [endInSight, hasNextPage, isFetchingNextPage, fetchNextPage]);

  return (
    <div ref={scroll} className={classes.scroll} onKeyDown={moveBetweenRows}>
      <ul className={classes.rows} aria-label={text.list.label} style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, key, start }) => (
          <li
            key={key}
            className={classes.row}
            style={{ transform: `translateY(${start}px)` }}
            aria-setsize={hasNextPage ? -1 : conversations.length}
            aria-posinset={index + 1}
          >
            <ConversationRow conversation={conversations[index]!} view={view} search={search} />
          </li>
        ))}
      </ul>
      <div className={classes.end}>{hasNextPage ? text.list.loadingMore : text.list.end}</div>
    </div>
  );
}

/** Arrow keys walk through the rows, which stay ordinary links. */
function moveBetweenRows(event: KeyboardEvent<HTMLDivElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('li a')].sort((a, b) => position(a) - position(b));
  const next = links[links.indexOf(document.activeElement as HTMLAnchorElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

const position = (link: HTMLAnchorElement) => Number(link.closest('li')?.getAttribute('aria-posinset'));

function NothingHere({ view, search }: { view: View; search: ListSearch }) {
  const me = useMe();
  const { data: channels } = useChannels();
  if (search.q) {
    return (
      <Empty title={text.list.emptySearch(search.q)} hint={text.list.emptySearchHint}>
        {(view !== 'all' || search.channel || search.unread) && (
          <Link to="/inbox/$view" params={{ view: 'all' }} search={{ q: search.q }}>
            {text.list.searchAll}
          </Link>
        )}
      </Empty>
    );
  }
  if (search.unread) return <Empty title={text.list.emptyUnread} hint={text.list.emptyUnreadHint} />;
  if (search.sort) return <Empty title={text.list.emptyClosing} hint={text.list.emptyClosingHint} />;
  if (channels?.items.length === 0) {
    return (
      <Empty title={text.list.noChannels} hint={me.role === 'admin' ? text.list.noChannelsHint : text.list.noChannelsAskAdmin}>
        {me.role === 'admin' && (
          <Button component={Link} to="/settings/channels/new">
            {text.list.connect}
          </Button>
        )}
      </Empty>
    );
  }
  const [title, hint] = text.list.empty[view];
  return <Empty title={title!} hint={hint} />;
}
