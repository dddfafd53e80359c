import { Link } from '@tanstack/react-router';
import { useChannelsById, useMe, useUsersById } from '../api/resources.js';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { KindIcon } from '../ui/kind.js';
import classes from './inbox.module.css';
import type { ListSearch, View } from './views.js';

/** One conversation at a glance: who, since when, what about, on which channel, and whose it is. */
export function ConversationRow({ conversation, view, search }: { conversation: Conversation; view: View; search: ListSearch }) {
  const { id, contact, unread, subject, preview, kind, channelId, status, lastMessageAt } = conversation;
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
            {text.kinds[kind]}
            {channel && ` · ${channel.name}`}
            {view === 'all' && status !== 'open' && ` · ${text.statuses[status]}`}
          </span>
        </span>
        <Owner assigneeId={conversation.assigneeId} />
      </span>
    </Link>
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
