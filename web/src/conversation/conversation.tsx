import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api } from '../api/client.js';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Failed, Loading } from '../ui/status.js';
import { useMarkRead } from './changes.js';
import { Composer } from './composer.js';
import { ConversationHeader } from './header.js';
import { RelatedConversations } from './related.js';
import { Review } from './review.js';
import { Source } from './source.js';
import { Thread } from './thread.js';

const route = getRouteApi('/app/inbox/$view/$conversationId');

export function ConversationScreen() {
  const { conversationId } = route.useParams();
  const conversation = api.useQuery('get', '/api/v1/conversations/{id}', { params: { path: { id: conversationId } } });
  if (conversation.isPending) return <Loading label={text.conversation.loading} />;
  if (!conversation.data) return <Failed error={conversation.error} retry={conversation.refetch} />;
  return <Opened key={conversationId} conversation={conversation.data} />;
}

function Opened({ conversation }: { conversation: Conversation }) {
  useReadOnSight(conversation);
  return (
    <>
      <ConversationHeader conversation={conversation} />
      <RelatedConversations conversation={conversation} />
      {conversation.review && <Review conversationId={conversation.id} reason={conversation.review} />}
      {conversation.source && <Source source={conversation.source} />}
      <Thread conversation={conversation} />
      <Composer conversation={conversation} />
    </>
  );
}

/** What is on screen has been read; in a hidden tab nobody read it. */
function useReadOnSight({ id, unread, lastMessageAt }: Conversation) {
  const mark = useMarkRead(id);
  useEffect(() => {
    if (!unread) return;
    const markRead = () => {
      if (document.visibilityState === 'visible') mark(false);
    };
    markRead();
    document.addEventListener('visibilitychange', markRead);
    return () => document.removeEventListener('visibilitychange', markRead);
  }, [unread, lastMessageAt, mark]);
}
