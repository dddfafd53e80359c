import type { ConversationKind, ConversationStatus } from '../api/shapes.js';

interface ConversationFilter {
  status?: ConversationStatus;
  assigneeId?: 'me' | 'none';
}

/** The lists an agent works from, by what they ask the server for. */
export const views = {
  open: { status: 'open' },
  mine: { status: 'open', assigneeId: 'me' },
  unassigned: { status: 'open', assigneeId: 'none' },
  pending: { status: 'pending' },
  closed: { status: 'closed' },
  all: {},
} as const satisfies Record<string, ConversationFilter>;

export type View = keyof typeof views;

export const isView = (name: string): name is View => name in views;

/** What narrows a view further; lives in the address so that it can be shared and gone back to. */
export interface ListSearch {
  q?: string;
  channel?: string;
  unread?: true;
  /** Left out: what was written last comes first. */
  sort?: 'closing';
}

export function readListSearch(search: Record<string, unknown>): ListSearch {
  return {
    ...(typeof search.q === 'string' && search.q && { q: search.q }),
    ...(typeof search.channel === 'string' && { channel: search.channel }),
    ...(search.unread === true && { unread: true as const }),
    ...(search.sort === 'closing' && { sort: 'closing' as const }),
  };
}

/** The server's filter for a view and what narrows it. */
export function listFilter(view: View, { q, channel, unread, sort }: ListSearch) {
  const filter: ConversationFilter = views[view];
  const narrower = { ...(q && { q }), ...(channel && { channelId: channel }), ...(unread && { unread: true }) };
  return { ...filter, limit: 50, ...narrower, ...(sort && { sort }) };
}

export const kindOf = (kinds: readonly ConversationKind[] | undefined): ConversationKind => kinds?.[0] ?? 'dm';
