import { useMutationState } from '@tanstack/react-query';
import { IconSend } from '@tabler/icons-react';
import { text } from '../text/text.js';
import { LinkedText } from '../ui/linked-text.js';
import classes from './conversation.module.css';

interface ReplyRequest {
  params: { path: { id: string } };
  body: { text: string };
}

/** Replies on their way to the server, shown before it has answered. */
export function PendingReplies({ conversationId }: { conversationId: string }) {
  const requests = useMutationState({
    filters: { mutationKey: ['post', '/api/v1/conversations/{id}/replies'], status: 'pending' },
    select: (mutation) => mutation.state.variables as ReplyRequest,
  });
  return requests
    .filter(({ params }) => params.path.id === conversationId)
    .map(({ body }, index) => (
      <li key={index} className={classes.message} data-side="outbound" data-pending>
        <article className={classes.bubble}>
          <div className={classes.prose}>
            <LinkedText>{body.text}</LinkedText>
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
