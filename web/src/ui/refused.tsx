import { Alert } from '@mantine/core';
import { failureText } from '../api/problem.js';

/** Why the server said no, in its own words; nothing while there is no error. */
export function Refused({ title, error }: { title?: string; error: unknown }) {
  if (!error) return null;
  return (
    <Alert color="red" variant="light" role="alert" title={title}>
      {failureText(error)}
    </Alert>
  );
}
