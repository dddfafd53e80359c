import { Anchor, Text } from '@mantine/core';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { LinkedText } from '../ui/linked-text.js';
import classes from './conversation.module.css';

/** The public post that comments hang under. */
export function Source({ source }: { source: NonNullable<Conversation['source']> }) {
  return (
    <aside className={classes.source} aria-label={text.conversation.source}>
      {source.text && (
        <Text size="sm" className={classes.prose}>
          <LinkedText>{source.text}</LinkedText>
        </Text>
      )}
      {source.permalink && (
        <Anchor href={source.permalink} target="_blank" rel="noopener noreferrer" size="xs">
          {text.conversation.sourceOpen}
        </Anchor>
      )}
    </aside>
  );
}
