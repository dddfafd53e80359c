import { Text } from '@mantine/core';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useChannelsById } from '../api/resources.js';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './conversation.module.css';

/** The conversations that belong to this one and why; a lower number was there before. */
export function RelatedConversations({ conversation: { number, links, channelId } }: { conversation: Conversation }) {
  const { view = 'all' } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const channels = useChannelsById();
  if (!links.length) return null;
  return (
    <ul className={classes.related} aria-label={text.related.label}>
      {links.map((other) => (
        <Text key={other.conversationId} component="li" size="xs">
          {text.related[other.number < number ? 'earlier' : 'later'][other.reason]}{' '}
          <Link to="/inbox/$view/$conversationId" params={{ view, conversationId: other.conversationId }} search={search}>
            {text.conversation.number(other.number)} {other.subject}
          </Link>
          {other.channelId !== channelId && ` · ${channels.get(other.channelId)?.name ?? ''}`}
        </Text>
      ))}
    </ul>
  );
}
