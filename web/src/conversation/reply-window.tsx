import { Alert } from '@mantine/core';
import { IconClockX } from '@tabler/icons-react';
import type { Conversation } from '../api/shapes.js';
import { ago, soonAt, text } from '../text/text.js';
import { useNow } from '../ui/clock.js';

export type ReplyWindow = NonNullable<Conversation['replyWindow']>;

const soonMs = 2 * 3_600_000;

/** The window after which answers written by a person are still possible for some days. */
const standard = 'standard';

/** Until when a reply is possible, louder when little time is left; and what else holds now and afterwards. */
export function OpenWindow({ window: { closesAt, mode, reason }, kind }: { window: ReplyWindow; kind: Conversation['kind'] }) {
  const now = useNow();
  const end = closesAt && new Date(closesAt);
  const soon = end && end.getTime() - now.getTime() < soonMs;
  const after = mode === standard && kind === 'dm' ? text.composer.windowAfter : undefined;
  return (
    <>
      {end && (
        <span data-tone={soon ? 'warn' : undefined} title={after}>
          {text.composer.windowOpen(soonAt(end, now), ago(end, now))}
        </span>
      )}
      {soon && after && <span>{after}</span>}
      {reason && <span>{reason}</span>}
    </>
  );
}

/** Why no reply is possible; notes still are. */
export function ClosedWindow({ reason }: { reason: string | null }) {
  return (
    <Alert variant="light" color="yellow" icon={<IconClockX aria-hidden />} title={text.composer.windowClosed}>
      {reason ?? text.composer.windowClosedReason}
    </Alert>
  );
}
