import { Avatar } from '@mantine/core';
import type { Conversation, Message } from '../api/shapes.js';
import { Age } from '../ui/clock.js';
import { ContactPicture } from '../ui/contact-picture.js';
import { AnsweredMessage, placeOf } from './answered-message.js';
import type { Placed } from './arrange.js';
import { Attachments } from './attachments.js';
import { Byline } from './byline.js';
import { Cards } from './cards.js';
import { DeliveryState } from './delivery.js';
import { MessageActions } from './message-actions.js';
import { MessageMarks } from './message-marks.js';
import { MessageText, Withdrawn } from './message-text.js';
import classes from './message.module.css';
import { authorName } from './people.js';
import { Reactions } from './reactions.js';

/** One thing said (by them or us), noted among us, or done to the conversation. */
export function MessageItem({ placed, conversation }: { placed: Placed; conversation: Conversation }) {
  const { message, continued, answered, nested, tellsDelivery, waits } = placed;
  if (message.kind === 'event') return <EventLine message={message} />;
  const { delivery, kind, direction, html, deletedAt } = message;
  const isComment = conversation.kind === 'comment';
  const tells = delivery && (tellsDelivery || delivery.error || waits);
  return (
    <li
      id={placeOf(message.id)}
      tabIndex={-1}
      className={classes.message}
      data-side={kind === 'note' ? 'note' : direction}
      data-wide={html ? true : undefined}
      data-continued={continued || undefined}
      data-comment={isComment || undefined}
      data-nested={nested || undefined}
      data-hidden={message.hidden || undefined}
    >
      {isComment && !continued && <Face message={message} conversation={conversation} />}
      {!continued && <Byline message={message} conversation={conversation} answered={isComment ? answered : null} />}
      {!isComment && answered && <AnsweredMessage message={answered} />}
      <div className={classes.said}>
        <article className={classes.bubble} data-withdrawn={deletedAt ? true : undefined}>
          {deletedAt ? <Withdrawn message={message} kind={conversation.kind} /> : <Content message={message} />}
        </article>
        <MessageActions message={message} conversation={conversation} />
      </div>
      <Reactions message={message} takeable={!deletedAt} />
      <MessageMarks message={message} />
      {tells && <DeliveryState message={message} delivery={delivery} channelId={conversation.channelId} waits={waits} />}
    </li>
  );
}

function Content({ message }: { message: Message }) {
  const { cards, html, attachments, text: words } = message;
  return (
    <>
      <Cards cards={cards} words={words} />
      {(words || html || !(attachments.length || cards.length)) && <MessageText message={message} />}
      <Attachments attachments={attachments} shownInline={Boolean(html)} />
    </>
  );
}

/** The picture of who wrote a comment: of the customer, else their initials. */
function Face({ message, conversation: { contact } }: { message: Message; conversation: Conversation }) {
  const { author, direction } = message;
  return (
    <span className={classes.face}>
      {author.type === 'contact' ? (
        <ContactPicture name={authorName(message)} url={author.id === contact.id ? contact.pictureUrl : null} size={32} />
      ) : (
        <Avatar
          size={32}
          name={authorName(message)}
          alt=""
          aria-hidden
          variant="light"
          color={direction === 'outbound' ? 'river' : 'gray'}
        />
      )}
    </span>
  );
}

function EventLine({ message }: { message: Message }) {
  return (
    <li className={classes.event}>
      {message.text} · <Age at={message.sentAt} />
    </li>
  );
}
