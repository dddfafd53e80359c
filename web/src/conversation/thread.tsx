import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Conversation, Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { useNow } from '../ui/clock.js';
import { Empty, Failed, Loading } from '../ui/status.js';
import classes from './conversation.module.css';
import { placeOf, showMessage } from './answered-message.js';
import { arrange } from './arrange.js';
import { MessageItem } from './message.js';
import { PendingReplies, usePendingReplies } from './pending-replies.js';
import { authorName } from './people.js';
import { useStickToEnd } from './stick-to-end.js';
import { UndoKey } from './undo-send.js';
import { useMessages } from './use-messages.js';

const newsMs = 60_000;

export function Thread({ conversation }: { conversation: Conversation }) {
  const { messages, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useMessages(conversation.id);
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (!messages) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  return <Messages conversation={conversation} messages={messages} />;
}

function Messages({ conversation, messages }: { conversation: Conversation; messages: Message[] }) {
  const latest = messages.at(-1);
  const pending = usePendingReplies(conversation.id, messages);
  const { scroller, content, atEnd, toEnd } = useStickToEnd(latest?.id);
  useShownFirst(messages);
  const isSending = pending.length > 0;
  useEffect(() => {
    if (isSending) toEnd();
  }, [isSending, toEnd]);
  return (
    <div className={classes.threadFrame}>
      <div ref={scroller} className={classes.thread} tabIndex={0} role="region" aria-label={text.thread.label}>
        <div ref={content}>
          {!messages.length && <Empty title={text.thread.empty} />}
          <ol className={classes.messages} aria-label={text.thread.label}>
            {arrange(messages, conversation.kind).map((placed) => (
              <MessageItem key={placed.message.id} placed={placed} conversation={conversation} />
            ))}
            <PendingReplies replies={pending} />
          </ol>
        </div>
      </div>
      {!atEnd && (
        <Button className={classes.toEnd} size="xs" radius="xl" leftSection={<IconArrowDown size={14} />} onClick={toEnd}>
          {text.thread.newBelow}
        </Button>
      )}
      <Announcement latest={latest} />
      <UndoKey conversationId={conversation.id} messages={messages} />
    </div>
  );
}

/** Begins at the message that the address names, as soon as that is here. */
function useShownFirst(messages: Message[]) {
  const { hash } = useLocation();
  const id = messages.find((message) => placeOf(message.id) === hash)?.id;
  useEffect(() => {
    if (id) showMessage(id);
  }, [id]);
}

/** Says aloud that the customer wrote; what was there when the conversation was opened is not announced. */
function Announcement({ latest }: { latest: Message | undefined }) {
  const now = useNow();
  const isNews = latest?.direction === 'inbound' && now.getTime() - Date.parse(latest.receivedAt) < newsMs;
  return (
    <div role="status" aria-live="polite" className="visually-hidden">
      {isNews && text.thread.announce(authorName(latest))}
    </div>
  );
}
