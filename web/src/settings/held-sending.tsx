import { Button, Group } from '@mantine/core';
import { IconPlayerPause, IconSend } from '@tabler/icons-react';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Channel } from '../api/shapes.js';
import { soonAt, text } from '../text/text.js';
import { useNow } from '../ui/clock.js';
import { noticeFailure } from '../ui/notice.js';
import classes from './settings.module.css';

interface HeldSendingProps {
  channel: Channel;
  sending: NonNullable<Channel['health']['sending']>;
}

/** Replies of a channel that cannot be reached are held: since when, why, when it is tried again, and trying now. */
export function HeldSending({ channel: { id, name }, sending: { since, heldUntil, reason } }: HeldSendingProps) {
  const now = useNow();
  const resume = api.useMutation('post', '/api/v1/channels/{id}/resume-sending', {
    onSuccess: () => refresh(keys.channels),
    onError: noticeFailure(text.channels.sending.failed),
  });
  return (
    <Group justify="space-between" gap="xs" className={classes.detail}>
      <div className={classes.held}>
        <span className={classes.fact} data-tone="bad">
          <IconPlayerPause size={15} aria-hidden /> {text.channels.sending.held}
        </span>
        <span>
          {text.channels.sending.since(soonAt(new Date(since), now))} {text.channels.sending.next(soonAt(new Date(heldUntil), now))}
        </span>
        {reason && <span>{reason}</span>}
      </div>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconSend size={14} aria-hidden />}
        loading={resume.isPending}
        aria-label={text.channels.sending.tryNowOf(name)}
        onClick={() => resume.mutate({ params: { path: { id } } })}
      >
        {text.channels.sending.tryNow}
      </Button>
    </Group>
  );
}
