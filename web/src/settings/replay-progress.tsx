import { Alert, Progress, Text } from '@mantine/core';
import { plural, text } from '../text/text.js';
import classes from './settings.module.css';
import { type Replayed, useProgress } from './use-ledger.js';

interface ReplayProgressProps {
  replayed: Replayed;
  channelId: string | null;
  onClose: () => void;
}

/** How far the events are that were handed in again, and which could not be. */
export function ReplayProgress({ replayed, channelId, onClose }: ReplayProgressProps) {
  const { count, refused } = replayed;
  const { done, isOver } = useProgress(replayed, channelId);
  const label = text.ledger.progress(done.toLocaleString(), count.toLocaleString());
  return (
    <Alert
      role="status"
      mb="md"
      variant="light"
      color={refused.length ? 'yellow' : isOver ? 'teal' : undefined}
      title={isOver ? plural(count, text.ledger.replayed) : label}
      withCloseButton
      closeButtonLabel={text.composer.dismiss}
      onClose={onClose}
    >
      {isOver ? <Text>{text.ledger.replayedHint}</Text> : <Progress value={(100 * done) / count} animated aria-label={label} />}
      {refused.length > 0 && (
        <>
          <Text mt="xs">{plural(refused.length, text.undelivered.refused)}</Text>
          <ul className={classes.missing}>
            {refused.map(({ id, reason }) => (
              <li key={id}>{reason}</li>
            ))}
          </ul>
        </>
      )}
    </Alert>
  );
}
