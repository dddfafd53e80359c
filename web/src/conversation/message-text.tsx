import { Anchor, Text } from '@mantine/core';
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import type { Conversation, Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { LinkedText } from '../ui/linked-text.js';
import { Loading } from '../ui/status.js';
import { originalUrl } from './message-menu.js';
import classes from './message.module.css';
import { authorName } from './people.js';

// The sanitiser comes with the first HTML mail; chats do without.
const MailFrame = lazy(async () => ({ default: (await import('./mail-frame.js')).MailFrame }));

/** What a message says, or that it is empty. */
export function MessageText({ message }: { message: Message }) {
  const { html, attachments, cards, quotedText, partial } = message;
  if (html) {
    return (
      <>
        <Suspense fallback={<Loading />}>
          <MailFrame message={message} html={html} />
        </Suspense>
        {partial && <PartOnly messageId={message.id} />}
      </>
    );
  }
  return (
    <>
      {message.text ? (
        <div className={classes.prose}>
          <LinkedText>{message.text}</LinkedText>
        </div>
      ) : (
        !attachments.length && !cards.length && <Text c="dimmed">{text.thread.noText}</Text>
      )}
      {quotedText && (
        <details className={classes.quoted}>
          <summary>{text.thread.showHistory}</summary>
          <div className={classes.prose}>
            <LinkedText>{quotedText}</LinkedText>
          </div>
        </details>
      )}
      {partial && <PartOnly messageId={message.id} />}
    </>
  );
}

/** Stands where a message was taken back: what it said is gone here, too. */
export function Withdrawn({ message, kind }: { message: Message; kind: Conversation['kind'] }) {
  const ours = message.direction === 'outbound';
  const words =
    kind === 'comment' ? text.thread.commentGone : ours ? text.thread.withdrawnOurs : text.thread.withdrawn(authorName(message));
  return (
    <Text c="dimmed" className={classes.withdrawn}>
      {kind === 'comment' ? <IconTrash size={15} aria-hidden /> : <IconArrowBackUp size={15} aria-hidden />} {words}
    </Text>
  );
}

/** A mail above the size limit: headers and text are here, the rest has to be fetched. */
function PartOnly({ messageId }: { messageId: string }) {
  return (
    <Text size="xs" c="dimmed" mt={6}>
      {text.thread.partial}{' '}
      <Anchor href={originalUrl(messageId)} download inherit>
        {text.thread.fetchOriginal}
      </Anchor>
    </Text>
  );
}
