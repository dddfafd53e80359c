import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Message, Moderation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeDone, noticeFailure, noticeOffers } from '../ui/notice.js';
import { changeMessage, inTurn, isSettled } from './message-cache.js';

const opposite: Partial<Record<Moderation, Moderation>> = { hide: 'unhide', unhide: 'hide', like: 'unlike', unlike: 'like' };

/** Does something to a comment: it shows at once, can be undone where that is possible, and is put back when the platform refuses. */
export function useModerate(message: Message) {
  const { mutate } = api.useMutation('post', '/api/v1/messages/{id}/moderate', {
    ...inTurn(message),
    onSuccess: (moderated) => {
      if (isSettled(message)) changeMessage(message, () => moderated);
    },
    onError: (error) => {
      noticeFailure(text.moderation.failed)(error);
      void refresh(keys.messages(message.conversationId));
    },
  });
  const act = (action: Moderation) => {
    changeMessage(message, (before) => ({ ...before, ...after(action, before) }));
    mutate({ params: { path: { id: message.id } }, body: { action } });
  };
  return (action: Moderation) => {
    act(action);
    const back = opposite[action];
    const done = text.moderation.done[action];
    if (back) noticeOffers(done, { [text.moderation.undo]: () => act(back) });
    else noticeDone(done);
  };
}

/** How a comment looks once it is done; what may be done next turns with it. */
function after(action: Moderation, { moderation }: Message): Partial<Message> {
  const back = opposite[action];
  const next = moderation.map((possible) => (possible === action && back ? back : possible));
  switch (action) {
    case 'hide':
    case 'unhide':
      return { hidden: action === 'hide', moderation: next };
    case 'like':
    case 'unlike':
      return { liked: action === 'like', moderation: next };
    case 'delete':
      return { deletedAt: new Date().toISOString(), text: '', moderation: [] };
  }
}
