import { useCallback } from 'react';
import { api } from '../api/client.js';
import { queryClient } from '../api/query-client.js';
import { keys, refresh } from '../api/resources.js';
import type { Conversation, ConversationStatus } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeDone, noticeFailure } from '../ui/notice.js';

const onError = noticeFailure(text.conversation.failed);

/** The server's answer is the new truth for the open conversation; lists are asked again. */
function keep(conversation: Conversation) {
  queryClient.setQueryData(keys.conversation(conversation.id), conversation);
  void refresh(keys.lists);
}

export function useAssign(id: string) {
  const assign = api.useMutation('put', '/api/v1/conversations/{id}/assignment', { onSuccess: keep, onError });
  return (assigneeId: string | null) => assign.mutate({ params: { path: { id } }, body: { assigneeId } });
}

export function useSetStatus(id: string) {
  const patch = api.useMutation('patch', '/api/v1/conversations/{id}', { onSuccess: keep, onError });
  return {
    setStatus: (status: ConversationStatus) => patch.mutate({ params: { path: { id } }, body: { status } }),
    isPending: patch.isPending,
  };
}

/** Takes a chat over that another app holds at the platform. */
export function useTakeOver(id: string) {
  const { mutate, isPending } = api.useMutation('post', '/api/v1/conversations/{id}/take-over', {
    onSuccess: (conversation) => {
      keep(conversation);
      noticeDone(text.composer.tookOver);
    },
    onError,
  });
  return { takeOver: () => mutate({ params: { path: { id } } }), isPending };
}

/** Says that somebody has looked at what was odd about a conversation. */
export function useSettleReview(id: string) {
  const { mutate, isPending } = api.useMutation('patch', '/api/v1/conversations/{id}', { onSuccess: keep, onError });
  return { settle: () => mutate({ params: { path: { id } }, body: { review: null } }), isPending };
}

/** Marks a conversation as read (false) or unread (true). */
export function useMarkRead(id: string) {
  const { mutate } = api.useMutation('put', '/api/v1/conversations/{id}/read', {
    onError,
    onSuccess: () => {
      void refresh(keys.conversation(id));
      void refresh(keys.lists);
    },
  });
  return useCallback((unread: boolean) => mutate({ params: { path: { id } }, body: { unread } }), [id, mutate]);
}
