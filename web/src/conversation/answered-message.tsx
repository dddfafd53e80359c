import { UnstyledButton } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import type { Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { whatItIs } from './media.js';
import classes from './message.module.css';
import { authorName } from './people.js';

const flashMs = 1600;

/** Where a message stands on the page. */
export const placeOf = (messageId: string) => `message-${messageId}`;

/** The message that the one below answers, in a line that leads to it. */
export function AnsweredMessage({ message }: { message: Message }) {
  const name = authorName(message);
  return (
    <UnstyledButton className={classes.answered} onClick={() => showMessage(message.id)} aria-label={text.thread.answered(name)}>
      <IconArrowBackUp size={14} aria-hidden />
      <b>{name}</b>
      <span>{inOneLine(message)}</span>
    </UnstyledButton>
  );
}

/** What a message says, short: its words, else what it brought. */
export function inOneLine({ text: words, deletedAt, attachments, cards }: Message): string {
  if (deletedAt) return text.thread.withdrawnOurs;
  return words.trim() || (cards[0] && text.cards[cards[0].kind]) || (attachments[0] && whatItIs(attachments[0])) || text.thread.noText;
}

/** Brings a message into sight, puts the focus on it and lights it up for a moment. */
export function showMessage(messageId: string): void {
  const place = document.getElementById(placeOf(messageId));
  place?.scrollIntoView({ block: 'center' });
  place?.focus({ preventScroll: true });
  place?.animate([{ backgroundColor: 'var(--surface-selected)' }, { backgroundColor: 'transparent' }], flashMs);
}
