import { Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import type { Message } from '../api/shapes.js';
import { moment, text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { LinkedText } from '../ui/linked-text.js';
import { Loading } from '../ui/status.js';
import { Attachments } from './attachments.js';
import classes from './conversation.module.css';
import { DeliveryState } from './delivery.js';

/** One thing said (by them or us), noted among us, or done to the conversation. */
export function MessageItem({ message, continued }: { message: Message; continued: boolean }) {
  if (message.kind === 'event') return <EventLine message={message} />;
  const side = message.kind === 'note' ? 'note' : message.direction;
  return (
    <li className={classes.message} data-side={side} data-wide={message.html ? true : undefined} data-continued={continued || undefined}>
      {!continued && <Byline message={message} />}
      <article className={classes.bubble} title={placement(message)}>
        <Body message={message} />
        <Attachments attachments={message.attachments} shownInline={Boolean(message.html)} />
      </article>
      <Reactions reactions={message.reactions} />
      {message.delivery && <DeliveryState message={message} delivery={message.delivery} />}
    </li>
  );
}

// The sanitiser comes with the first HTML mail; chats do without.
const MailFrame = lazy(async () => ({ default: (await import('./mail-frame.js')).MailFrame }));

const placement = ({ placedBy }: Message) => (placedBy ? text.thread.placedBy(placedBy.rule, placedBy.evidence) : undefined);

function EventLine({ message }: { message: Message }) {
  return (
    <li className={classes.event}>
      {message.text} · <Age at={message.sentAt} />
    </li>
  );
}

const unnamed = { contact: text.thread.customer, agent: text.thread.agent, system: text.thread.system };

function Byline({ message: { author, kind, sentAt, editedAt } }: { message: Message }) {
  return (
    <div className={classes.byline}>
      {kind === 'note' && (
        <span className={classes.noteLabel} title={text.thread.noteHint}>
          <IconLock size={13} aria-hidden /> {text.thread.note}
        </span>
      )}
      <b>{author.name ?? unnamed[author.type]}</b>
      <Age at={sentAt} />
      {editedAt && <span title={moment(new Date(editedAt))}>{text.thread.edited}</span>}
    </div>
  );
}

function Body({ message }: { message: Message }) {
  const { deletedAt, html, attachments, quotedText, author } = message;
  if (deletedAt) return <Text c="dimmed">{text.thread.deleted}</Text>;
  if (html) {
    const title = text.thread.mail(author.name ?? unnamed[author.type]);
    return (
      <Suspense fallback={<Loading />}>
        <MailFrame html={html} attachments={attachments} quotedText={quotedText} title={title} />
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
