import { ActionIcon } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useConnector } from '../api/resources.js';
import type { Conversation, Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { useDraft } from './draft.js';
import classes from './message.module.css';
import { ModerationMenu } from './moderation-menu.js';
import { authorName } from './people.js';
import { ReactionPicker } from './reactions.js';

/** What an agent can do with one message: answer just it, react to it, moderate it. */
export function MessageActions({ message, conversation }: { message: Message; conversation: Conversation }) {
  const connector = useConnector(conversation.channelType);
  const { kind, direction, deletedAt, externalId } = message;
  if (kind !== 'message' || deletedAt || !externalId || !connector) return null;
  const reactions = conversation.kind === 'dm' ? connector.capabilities.reactions : [];
  const theirs = direction === 'inbound';
  const answerable = conversation.replyWindow?.open !== false || conversation.privateReply?.open;
  return (
    <div className={classes.actions}>
      {theirs && answerable && <AnswerThis message={message} />}
      {theirs && reactions.length > 0 && <ReactionPicker message={message} emoji={reactions} />}
      <ModerationMenu message={message} />
    </div>
  );
}

function AnswerThis({ message }: { message: Message }) {
  const [, edit] = useDraft('reply', message.conversationId);
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="md"
      onClick={() => edit({ replyTo: message.id })}
      aria-label={text.thread.answerTo(authorName(message))}
      title={text.thread.answerThis}
    >
      <IconArrowBackUp size={16} />
    </ActionIcon>
  );
}
