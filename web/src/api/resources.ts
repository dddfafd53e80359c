import { useMemo } from 'react';
import { api, sessionQuery } from './client.js';
import type { Channel, Connector, User } from './shapes.js';
import { queryClient } from './query-client.js';

/** Who is signed in and what only they know of themselves; only for screens behind the sign-in. */
export const useSession = () => api.useSuspenseQuery('get', '/api/v1/auth/me', {}, { retry: false }).data;

/** The signed-in user; only for screens behind the sign-in. */
export const useMe = (): User => useSession().user;

export const useConnectors = () => api.useQuery('get', '/api/v1/connectors', {});

export function useConnector(type: string | undefined): Connector | undefined {
  return useConnectors().data?.find((connector) => connector.type === type);
}

export const useChannels = () => api.useQuery('get', '/api/v1/channels', {});
export const useUsers = () => api.useQuery('get', '/api/v1/users', {});

/** Channels by id, as far as they are known yet. */
export function useChannelsById(): Map<string, Channel> {
  const { data } = useChannels();
  return useMemo(() => new Map(data?.items.map((channel) => [channel.id, channel])), [data]);
}

/** Users by id, as far as they are known yet. */
export function useUsersById(): Map<string, User> {
  const { data } = useUsers();
  return useMemo(() => new Map(data?.items.map((user) => [user.id, user])), [data]);
}

export const useContact = (id: string) => api.useQuery('get', '/api/v1/contacts/{id}', { params: { path: { id } } });

/** The keys under which answers are kept, for telling what changed. */
export const keys = {
  session: sessionQuery.queryKey,
  lists: ['get', '/api/v1/conversations'],
  conversations: ['get', '/api/v1/conversations/{id}'],
  conversation: (id: string) => ['get', '/api/v1/conversations/{id}', { params: { path: { id } } }],
  allMessages: ['get', '/api/v1/conversations/{id}/messages'],
  messages: (id: string) => ['get', '/api/v1/conversations/{id}/messages', { params: { path: { id } } }],
  replyPreviews: ['get', '/api/v1/conversations/{id}/reply-preview'],
  replyPreview: (id: string) => ['get', '/api/v1/conversations/{id}/reply-preview', { params: { path: { id } } }],
  contacts: ['get', '/api/v1/contacts/{id}'],
  contact: (id: string) => ['get', '/api/v1/contacts/{id}', { params: { path: { id } } }],
  channels: ['get', '/api/v1/channels'],
  users: ['get', '/api/v1/users'],
  ledger: ['get', '/api/v1/inbound-events'],
  ledgerCounts: ['get', '/api/v1/inbound-events/counts'],
  deliveries: ['get', '/api/v1/deliveries'],
  deliveryCounts: ['get', '/api/v1/deliveries/counts'],
  attempts: (messageId: string) => ['get', '/api/v1/messages/{id}/attempts', { params: { path: { id: messageId } } }],
} as const;

/** Asks again for what is kept under a key; resolves when the parts on screen are fresh. */
export const refresh = (queryKey: readonly unknown[]) => queryClient.invalidateQueries({ queryKey });
