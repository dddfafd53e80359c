import { api } from '../api/client.js';
import { keys, refresh, useMe } from '../api/resources.js';
import type { Conversation, Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeFailure } from '../ui/notice.js';
import { changeDraft, type Draft, emptyDraft } from './draft.js';
import { replyBoxOf } from './reply-form.js';
import { forgetSent, sentAs } from './sent-drafts.js';
import { useMessages } from './use-messages.js';

/** The messages that a reply leaves as, in their order. */
const partsOf = ({ id, partOf }: Message, all: Message[]) => all.filter((one) => (one.partOf ?? one.id) === (partOf ?? id));

/** Takes back a reply that has not left, and puts what it said, its files and its recipients into the box again. */
export function useTakeBack({ id: conversationId }: Pick<Conversation, 'id'>) {
  const me = useMe();
  const { messages = [] } = useMessages(conversationId);
  const refreshAll = () =>
    Promise.all([refresh(keys.messages(conversationId)), refresh(keys.conversation(conversationId)), refresh(keys.lists)]);
  const { mutateAsync, isPending } = api.useMutation('delete', '/api/v1/messages/{id}');

  const takeBack = async (message: Message) => {
    const parts = partsOf(message, messages);
    const draft = sentAs(parts, me);
    try {
      await mutateAsync({ params: { path: { id: message.id } } });
    } catch (error) {
      noticeFailure(text.undo.tooLate)(error);
      return void refreshAll();
    }
    changeDraft('reply', conversationId, (since) => joined(draft, since));
    forgetSent(parts);
    void refreshAll();
    document.getElementById(replyBoxOf(conversationId))?.focus();
  };
  return { takeBack: (message: Message) => void takeBack(message), isPending };
}

/** What came back, before what was begun since. */
function joined(back: Draft, since: Draft): Draft {
  const attachments = [...back.attachments, ...since.attachments];
  // The key it was sent with stands for the message that was taken back.
  const { key } = emptyDraft();
  return { ...back, text: [back.text, since.text].filter(Boolean).join('\n\n'), attachments, key, failure: null };
}
