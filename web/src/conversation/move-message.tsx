import { useMutation } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { fetchClient } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeDone, noticeFailure, noticeOffers } from '../ui/notice.js';
import { useMessages } from './use-messages.js';

interface Where {
  /** Null for a new conversation. */
  conversationId: string | null;
  andLater: boolean;
}

const onError = noticeFailure(text.move.failed);

/** Moves a message, or it and all after it, to another conversation and offers to move them back. */
export function useMoveMessage({ id, conversationId: from }: Message, onMoved: () => void) {
  const { messages = [] } = useMessages(from);
  const navigate = useNavigate();
  const { view = 'all' } = useParams({ strict: false });
  const back = useMutation({
    mutationFn: async (ids: string[]) => {
      for (const moved of ids) await moveMessage(moved, { conversationId: from, andLater: false });
    },
    onSuccess: () => noticeDone(text.move.undone),
    onError,
    onSettled: refreshConversations,
  });
  const { mutate, isPending } = useMutation({
    mutationFn: (where: Where) => moveMessage(id, where),
    onError,
    onSuccess: (to, { andLater }) => {
      onMoved();
      const moved = andLater ? [id, ...after(id, messages)] : [id];
      noticeOffers(text.move.done, {
        [text.move.undo]: () => back.mutate(moved),
        [text.move.open]: () => void navigate({ to: '/inbox/$view/$conversationId', params: { view, conversationId: to } }),
      });
      return refreshConversations();
    },
  });
  return { move: mutate, isPending };
}

async function moveMessage(id: string, body: Where): Promise<string> {
  const { data } = await fetchClient.POST('/api/v1/messages/{id}/move', { params: { path: { id } }, body });
  return data!.conversationId;
}

/** What moves along: messages and notes; what is told of the conversation itself stays. */
function after(id: string, messages: Message[]): string[] {
  const place = messages.findIndex((message) => message.id === id);
  return messages.slice(place + 1).flatMap((message) => (message.kind === 'event' ? [] : message.id));
}

const refreshConversations = () => Promise.all([keys.allMessages, keys.conversations, keys.replyPreviews, keys.lists].map(refresh));
