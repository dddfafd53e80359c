import { Alert } from '@mantine/core';
import { plural, text } from '../text/text.js';
import classes from './undelivered.module.css';
import type { Outcome } from './use-undelivered.js';

/** How many are on their way again, and which were refused, each with its reason. */
export function BulkOutcome({ outcome: { done, count, refused }, onClose }: { outcome: Outcome; onClose: () => void }) {
  return (
    <Alert
      role="status"
      mb="md"
      variant="light"
      color={refused.length ? 'yellow' : 'teal'}
      title={plural(count, text.undelivered[done])}
      withCloseButton
      closeButtonLabel={text.composer.dismiss}
      onClose={onClose}
    >
      {refused.length ? (
        <>
          {plural(refused.length, text.undelivered.refused)}
          <ul className={classes.refused}>
            {refused.map(({ name, reason }, index) => (
              <li key={index}>
                <b>{name}</b>: {reason}
              </li>
            ))}
          </ul>
        </>
      ) : (
        text.undelivered.retriedHint
      )}
    </Alert>
  );
}
