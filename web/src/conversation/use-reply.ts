import { useEffect, useRef } from 'react';
import { notifications } from '@mantine/notifications';
import { api } from '../api/client.js';
import { failureText, Problem } from '../api/problem.js';
import { keys, refresh, useSession } from '../api/resources.js';
import type { Conversation, ReplyMode } from '../api/shapes.js';
import { text } from '../text/text.js';
import { changeDraft, type Draft, emptyDraft } from './draft.js';
import { keepSent } from './sent-drafts.js';
import { useMessages } from './use-messages.js';

interface SendOptions {
  then?: 'close';
  /** Who gets a copy, as it was shown. */
  cc: string[];
  /** Under a post: who is to read it. */
  mode: ReplyMode | null;
  /** Send although somebody wrote meanwhile. */
  force?: boolean;
  /** Not before then; at once when left out, after the time for second thoughts. */
  sendAt?: Date;
}

/**
 * Sends a conversation's draft. The box empties at once and the reply shows as being sent; when it is refused the text
 * comes back with the reason, also when the agent is already elsewhere.
 */
export function useReply({ id, contact }: Conversation) {
  const { messages } = useMessages(id);
  const { undoSeconds } = useSession();
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => void (here.current = false);
  }, []);

  const { mutateAsync } = api.useMutation('post', '/api/v1/conversations/{id}/replies', {
    onSuccess: () => Promise.all([refresh(keys.messages(id)), refresh(keys.conversation(id)), refresh(keys.lists)]),
  });

  return (draft: Draft, { cc, mode, then, force, sendAt }: SendOptions) => {
    const request = {
      params: { path: { id }, header: { 'Idempotency-Key': draft.key } },
      body: {
        text: draft.text.trim(),
        ...(cc.length && { cc }),
        ...(draft.bcc.length && { bcc: draft.bcc }),
        ...(draft.attachments.length && { attachmentIds: draft.attachments.map((attachment) => attachment.id) }),
        ...(mode && { mode }),
        ...(draft.replyTo && { replyToMessageId: draft.replyTo }),
        ...(messages?.length && { lastSeenMessageId: messages.at(-1)!.id }),
        ...(then && { then }),
        ...(force && { force }),
        ...(sendAt ? { sendAt: sendAt.toISOString() } : undoSeconds && { undoSeconds }),
      },
    };
    changeDraft('reply', id, emptyDraft);
    // The promise is told also when the agent has left the conversation meanwhile.
    mutateAsync(request).then(({ id: messageId }) => keepSent(messageId, draft), giveBack);

    function giveBack(error: unknown) {
      const stale = error instanceof Problem && error.status === 409;
      if (stale) void refresh(keys.messages(id));
      const failure = { message: failureText(error), stale };
      changeDraft('reply', id, (since) => ({ ...draft, text: [draft.text, since.text].filter(Boolean).join('\n\n'), failure }));
      if (here.current) return;
      const title = text.composer.failedElsewhere(contact.name ?? text.list.unnamed);
      notifications.show({ title, message: failure.message, color: 'red', role: 'alert', autoClose: false });
    }
  };
}
