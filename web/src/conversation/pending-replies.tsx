import { useMutationState } from '@tanstack/react-query';
import { IconSend } from '@tabler/icons-react';
import type { Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { LinkedText } from '../ui/linked-text.js';
import classes from './message.module.css';

interface ReplyRequest {
  params: { path: { id: string } };
  body: { text: string; lastSeenMessageId?: string };
}

/** Replies on their way to the server, until it has answered or they are among the messages, which live updates may bring first. */
export function usePendingReplies(conversationId: string, messages: Message[]): ReplyRequest['body'][] {
  const requests = useMutationState({
    filters: { mutationKey: ['post', '/api/v1/conversations/{id}/replies'], status: 'pending' },
    select: (mutation) => mutation.state.variables as ReplyRequest,
  });
  const here = requests.filter(({ params }) => params.path.id === conversationId);
  return here.map(({ body }) => body).filter((body) => !hasArrived(body, messages));
}

export function PendingReplies({ replies }: { replies: ReplyRequest['body'][] }) {
  return replies.map((body, index) => (
    <li key={index} className={classes.message} data-side="outbound" data-pending>
      <article className={classes.bubble}>
        <div className={classes.prose}>
          <LinkedText>{body.text || text.composer.sendingFiles}</LinkedText>
        </div>
      </article>
      <div className={classes.delivery}>
        <span className={classes.deliveryState}>
          <IconSend size={14} aria-hidden />
          {text.composer.sending}
        </span>
      </div>
    </li>
  ));
}

/** What leaves as several messages begins with the text of the first of them. */
function hasArrived({ text, lastSeenMessageId }: ReplyRequest['body'], messages: Message[]): boolean {
  const since = messages.slice(messages.findIndex(({ id }) => id === lastSeenMessageId) + 1);
  return since.some(({ direction, text: arrived }) => direction === 'outbound' && (arrived ? text.startsWith(arrived) : !text));
}
