import { Text } from '@mantine/core';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useChannelsById } from '../api/resources.js';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './conversation.module.css';

/** The conversations that belong to this one and why. */
export function RelatedConversations({ conversation }: { conversation: Conversation }) {
  const { links, channelId } = conversation;
  const { view = 'all' } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const channels = useChannelsById();
  if (!links.length) return null;
  return (
    <ul className={classes.related} aria-label={text.related.label}>
      {links.map((other) => (
        <Text key={other.conversationId} component="li" size="xs">
          {text.related[isEarlier(other, conversation) ? 'earlier' : 'later'][other.reason]}{' '}
          <Link to="/inbox/$view/$conversationId" params={{ view, conversationId: other.conversationId }} search={search}>
            {text.conversation.number(other.number)} {other.subject}
          </Link>
          {other.channelId !== channelId && ` · ${channels.get(other.channelId)?.name ?? ''}`}
        </Text>
      ))}
    </ul>
  );
}

/** A lower number was there before; but what was said in private came after the comment, in whatever chat. */
function isEarlier({ reason, number }: Conversation['links'][number], here: Conversation): boolean {
  return reason === 'private-reply' ? here.kind !== 'comment' : number < here.number;
}
