import { Alert, Button, Group } from '@mantine/core';
import { text } from '../text/text.js';
import type { Draft } from './draft.js';

interface ReplyFailureProps {
  failure: NonNullable<Draft['failure']>;
  onSendAnyway: () => void;
  onDismiss: () => void;
}

/** Why the text is back in the box: the server refused it, or held it back because something new arrived. */
export function ReplyFailure({ failure, onSendAnyway, onDismiss }: ReplyFailureProps) {
  const { stale, message } = failure;
  return (
    <Alert
      role="alert"
      mb="xs"
      variant="light"
      color={stale ? 'yellow' : 'red'}
      title={stale ? text.composer.stale : text.composer.notSent}
      withCloseButton
      closeButtonLabel={text.composer.dismiss}
      onClose={onDismiss}
    >
      {stale ? text.composer.staleHint : message}
      {stale && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onSendAnyway}>
            {text.composer.sendAnyway}
          </Button>
        </Group>
      )}
    </Alert>
  );
}
