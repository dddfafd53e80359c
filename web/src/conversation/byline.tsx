import { UnstyledButton } from '@mantine/core';
import { IconArrowRampRight, IconLock, IconWorld } from '@tabler/icons-react';
import { useChannelsById } from '../api/resources.js';
import type { Conversation, Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { showMessage } from './answered-message.js';
import { MessageMenu } from './message-menu.js';
import classes from './message.module.css';
import { authorName, isFromOutside } from './people.js';

interface BylineProps {
  message: Message;
  conversation: Conversation;
  /** Of a comment: the one it answers. */
  answered: Message | null;
}

/** Who wrote a message and when; of a mail also who else got it, and what can be done with it. */
export function Byline({ message, conversation, answered }: BylineProps) {
  const { kind, sentAt, placedBy } = message;
  const isMail = conversation.kind === 'email';
  return (
    <div className={classes.byline}>
      {kind === 'note' && (
        <span className={classes.noteLabel} title={text.thread.noteHint}>
          <IconLock size={13} aria-hidden /> {text.thread.note}
        </span>
      )}
      <b>{authorName(message)}</b>
      {conversation.kind === 'comment' && isNameless(message) && <span>{text.comments.nameNotTold}</span>}
      {answered && <Answers message={answered} />}
      {isFromOutside(message) && (
        <span className={classes.outside} title={text.thread.outsideHint(text.product)}>
          <IconArrowRampRight size={13} aria-hidden /> {text.thread.outside}
        </span>
      )}
      {message.mode && <Mode mode={message.mode} customer={conversation.contact.name} />}
      <Age at={sentAt} />
      {isMail && placedBy && <MessageMenu message={message} placedBy={placedBy} />}
      {isMail && <Recipients message={message} channelId={conversation.channelId} />}
    </div>
  );
}

const isNameless = ({ author }: Message) => author.type === 'contact' && !author.name;

/** Whom a comment answers; leads to what they wrote. */
function Answers({ message }: { message: Message }) {
  const name = authorName(message);
  return (
    <UnstyledButton
      className={classes.answers}
      fz="inherit"
      onClick={() => showMessage(message.id)}
      aria-label={`${text.comments.answers(name)}. ${text.comments.showAnswered(name)}`}
    >
      {text.comments.answers(name)}
    </UnstyledButton>
  );
}

/** Who can read an answer of ours to a comment. */
function Mode({ mode, customer }: { mode: NonNullable<Message['mode']>; customer: string | null }) {
  if (mode === 'public') {
    return (
      <span className={classes.mode} title={text.comments.publicHint}>
        <IconWorld size={13} aria-hidden /> {text.comments.public}
      </span>
    );
  }
  return (
    <span className={classes.mode} data-mode="private" title={text.comments.privateHint(customer ?? text.thread.customer)}>
      <IconLock size={13} aria-hidden /> {text.comments.private}
    </span>
  );
}

/** To whom a mail went, where that is not just us or the customer. */
function Recipients({ message: { direction, to, cc }, channelId }: { message: Message; channelId: string }) {
  const own = useChannelsById().get(channelId)?.address;
  const others = [...to, ...cc].filter((address) => !own || bare(address) !== bare(own));
  if (others.length < (direction === 'inbound' ? 1 : 2)) return null;
  return (
    <span className={classes.recipients}>
      {to.length > 0 && text.thread.to(to.join(', '))}
      {to.length > 0 && cc.length > 0 && ' · '}
      {cc.length > 0 && text.thread.cc(cc.join(', '))}
    </span>
  );
}

/** The address alone: without name, and without what is behind a plus. */
const bare = (address: string) =>
  address
    .replace(/^.*<|>$/g, '')
    .replace(/\+[^@]*@/, '@')
    .toLowerCase();
