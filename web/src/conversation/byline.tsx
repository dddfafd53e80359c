import { IconLock } from '@tabler/icons-react';
import { useChannelsById } from '../api/resources.js';
import type { Conversation, Message } from '../api/shapes.js';
import { moment, text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import classes from './conversation.module.css';
import { MessageMenu } from './message-menu.js';

export const unnamed = { contact: text.thread.customer, agent: text.thread.agent, system: text.thread.system };

/** Who wrote a message and when; of a mail also who else got it, and what can be done with it. */
export function Byline({ message, conversation }: { message: Message; conversation: Conversation }) {
  const { author, kind, sentAt, editedAt, placedBy } = message;
  const isMail = conversation.kind === 'email';
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
      {isMail && placedBy && <MessageMenu message={message} placedBy={placedBy} />}
      {isMail && <Recipients message={message} channelId={conversation.channelId} />}
    </div>
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
