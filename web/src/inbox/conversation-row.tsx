import { Link } from '@tanstack/react-router';
import { IconClockExclamation, IconHandStop } from '@tabler/icons-react';
import { useChannelsById, useMe, useUsersById } from '../api/resources.js';
import type { Conversation } from '../api/shapes.js';
import { ago, moment, text } from '../text/text.js';
import { Age, useNow } from '../ui/clock.js';
import { ContactPicture } from '../ui/contact-picture.js';
import { KindIcon } from '../ui/kind.js';
import { closesSoon } from './closing.js';
import classes from './inbox.module.css';
import type { ListSearch, View } from './views.js';

/** One conversation at a glance: who, since when, what about, on which channel, how long it can be answered, and whose it is. */
export function ConversationRow({ conversation, view, search }: { conversation: Conversation; view: View; search: ListSearch }) {
  const { id, contact, unread, subject, preview, kind, channelId, status, lastMessageAt, source } = conversation;
  const channel = useChannelsById().get(channelId);
  return (
    <Link
      to="/inbox/$view/$conversationId"
      params={{ view, conversationId: id }}
      search={search}
      className={classes.link}
      data-unread={unread || undefined}
    >
      {unread && (
        <span className={classes.dot}>
          <span className="visually-hidden">{text.list.unread}</span>
        </span>
      )}
      <ContactPicture name={contact.name} url={contact.pictureUrl} size={36} />
      <span className={classes.lines}>
        <span className={classes.line}>
          <span className={classes.who}>{contact.name ?? text.list.unnamed}</span>
          <span className={classes.age}>
            <Age at={lastMessageAt} />
          </span>
        </span>
        <span className={classes.preview}>
          {subject && <b>{subject}</b>}
          {subject && preview && ' – '}
          {preview}
        </span>
        <span className={classes.line}>
          <span className={classes.meta}>
            <KindIcon kind={kind} />
            <span>
              {text.list.kinds[kind]}
              {source?.isAd && ` · ${text.list.ad}`}
              {channel && ` · ${channel.name}`}
              {view === 'all' && status !== 'open' && ` · ${text.statuses[status]}`}
            </span>
          </span>
          <Urgency conversation={conversation} />
          <Owner assigneeId={conversation.assigneeId} />
        </span>
      </span>
    </Link>
  );
}

/** What keeps us from answering, or soon will. */
function Urgency({ conversation }: { conversation: Conversation }) {
  const now = useNow();
  const end = closesSoon(conversation, now);
  const { heldBy } = conversation;
  if (heldBy) {
    return (
      <span className={classes.urgent} title={text.list.heldBy(heldBy)}>
        <IconHandStop size={13} aria-hidden /> <span className={classes.holder}>{text.list.heldBy(heldBy)}</span>
      </span>
    );
  }
  if (!end) return null;
  return (
    <span className={classes.urgent} title={text.list.closesHint(moment(end))}>
      <IconClockExclamation size={13} aria-hidden /> {text.list.closes(ago(end, now))}
    </span>
  );
}

function Owner({ assigneeId }: { assigneeId: string | null }) {
  const me = useMe();
  const name = useUsersById().get(assigneeId ?? '')?.name;
  if (!assigneeId) return <span className={classes.owner}>{text.list.nobody}</span>;
  const shown = assigneeId === me.id ? text.list.you : (name ?? text.list.unknownAgent);
  return (
    <span className={classes.owner} title={text.list.assigned(shown)}>
      {shown}
    </span>
  );
}
