import { CloseButton, UnstyledButton } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { text } from '../text/text.js';
import { inOneLine, showMessage } from './answered-message.js';
import classes from './composer.module.css';
import { authorName } from './people.js';
import { useMessages } from './use-messages.js';

interface AnsweringProps {
  conversationId: string;
  messageId: string;
  onRemove: () => void;
}

/** The message that the reply answers, above the box. */
export function Answering({ conversationId, messageId, onRemove }: AnsweringProps) {
  const message = useMessages(conversationId).messages?.find(({ id }) => id === messageId);
  if (!message) return null;
  return (
    <div className={classes.answering}>
      <IconArrowBackUp size={16} aria-hidden />
      <UnstyledButton className={classes.answeredText} onClick={() => showMessage(messageId)}>
        <b>{text.composer.answering(authorName(message))}</b> <span>{inOneLine(message)}</span>
      </UnstyledButton>
      <CloseButton size="sm" onClick={onRemove} aria-label={text.composer.answerNone} />
    </div>
  );
}
