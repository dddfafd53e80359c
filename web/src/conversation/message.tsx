import { Anchor, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Conversation, Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { LinkedText } from '../ui/linked-text.js';
import { Loading } from '../ui/status.js';
import { Attachments } from './attachments.js';
import { Byline } from './byline.js';
import classes from './conversation.module.css';
import { DeliveryState } from './delivery.js';
import { originalUrl } from './message-menu.js';

interface MessageItemProps {
  message: Message;
  conversation: Conversation;
  continued: boolean;
}

/** One thing said (by them or us), noted among us, or done to the conversation. */
export function MessageItem({ message, conversation, continued }: MessageItemProps) {
  if (message.kind === 'event') return <EventLine message={message} />;
  const side = message.kind === 'note' ? 'note' : message.direction;
  return (
    <li className={classes.message} data-side={side} data-wide={message.html ? true : undefined} data-continued={continued || undefined}>
      {!continued && <Byline message={message} conversation={conversation} />}
      <article className={classes.bubble}>
        <Body message={message} />
        {message.partial && <PartOnly messageId={message.id} />}
        <Attachments attachments={message.attachments} shownInline={Boolean(message.html)} />
      </article>
      <Reactions reactions={message.reactions} />
      {message.delivery && <DeliveryState message={message} delivery={message.delivery} />}
    </li>
  );
}

// The sanitiser comes with the first HTML mail; chats do without.
const MailFrame = lazy(async () => ({ default: (await import('./mail-frame.js')).MailFrame }));

function EventLine({ message }: { message: Message }) {
  return (
    <li className={classes.event}>
      {message.text} · <Age at={message.sentAt} />
    </li>
  );
}

function Body({ message }: { message: Message }) {
  const { deletedAt, html, attachments, quotedText } = message;
  if (deletedAt) return <Text c="dimmed">{text.thread.deleted}</Text>;
  if (html) {
    return (
      <Suspense fallback={<Loading />}>
        <MailFrame message={message} html={html} />
      </Suspense>
    );
  }
  return (
    <>
      {message.text ? (
        <div className={classes.prose}>
          <LinkedText>{message.text}</LinkedText>
        </div>
      ) : (
        !attachments.length && <Text c="dimmed">{text.thread.noText}</Text>
      )}
      {quotedText && (
        <details className={classes.quoted}>
          <summary>{text.thread.showHistory}</summary>
          <div className={classes.prose}>
            <LinkedText>{quotedText}</LinkedText>
          </div>
        </details>
      )}
    </>
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

function Reactions({ reactions }: { reactions: Message['reactions'] }) {
  if (!reactions.length) return null;
  return (
    <div className={classes.reactions}>
      {reactions.map(({ emoji, by }, index) => (
        <span key={index} role="img" aria-label={text.thread.reaction(emoji, by)} title={text.thread.reaction(emoji, by)}>
          {emoji}
        </span>
      ))}
    </div>
  );
}
