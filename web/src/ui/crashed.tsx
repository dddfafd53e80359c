import { Button } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { text } from '../text/text.js';
import { Empty, Failed } from './status.js';

/** A screen that could not be drawn: why, and a way to try again. */
export function Crashed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = async () => {
    await router.invalidate();
    reset();
  };
  return <Failed error={error} retry={again} />;
}

export function NotFound() {
  return (
    <Empty title={text.failure.notFound}>
      <Button variant="default" component={Link} to="/">
        {text.failure.toInbox}
      </Button>
    </Empty>
  );
}
