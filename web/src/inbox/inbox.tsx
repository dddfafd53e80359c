import { IconMessages } from '@tabler/icons-react';
import { getRouteApi, Outlet, useParams } from '@tanstack/react-router';
import { text } from '../text/text.js';
import { Empty } from '../ui/status.js';
import { ConversationList } from './conversation-list.js';
import classes from './inbox.module.css';
import { ListTools } from './list-tools.js';

const route = getRouteApi('/app/inbox/$view');

/** The list beside the open conversation; on a phone one of the two. */
export function Inbox() {
  const { view } = route.useParams();
  const search = route.useSearch();
  const { conversationId } = useParams({ strict: false });
  return (
    <div className={classes.panes} data-open={Boolean(conversationId)}>
      <section className={classes.list} aria-labelledby="view-title">
        <ListTools view={view} search={search} />
        <ConversationList key={JSON.stringify([view, search])} view={view} search={search} />
      </section>
      <section className={classes.conversation} data-pane={conversationId ? 'conversation' : undefined}>
        <Outlet />
      </section>
    </div>
  );
}

export function NoConversation() {
  return (
    <Empty title={text.conversation.none} hint={text.conversation.noneHint} icon={<IconMessages size={40} stroke={1.2} aria-hidden />} />
  );
}
