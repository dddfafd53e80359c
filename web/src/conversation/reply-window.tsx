import { Alert } from '@mantine/core';
import { IconClockX } from '@tabler/icons-react';
import { ago, soonAt, text } from '../text/text.js';
import { useNow } from '../ui/clock.js';

const soonMs = 2 * 3_600_000;

/** Until when a reply is possible; louder when little time is left. */
export function OpenWindow({ closesAt }: { closesAt: string }) {
  const now = useNow();
  const end = new Date(closesAt);
  const soon = end.getTime() - now.getTime() < soonMs;
  return <span data-tone={soon ? 'warn' : undefined}>{text.composer.windowOpen(soonAt(end, now), ago(end, now))}</span>;
}

/** Why no reply is possible; notes still are. */
export function ClosedWindow({ reason }: { reason: string | null }) {
  return (
    <Alert variant="light" color="yellow" icon={<IconClockX aria-hidden />} title={text.composer.windowClosed}>
      {reason ?? text.composer.windowClosedReason}
    </Alert>
  );
}
