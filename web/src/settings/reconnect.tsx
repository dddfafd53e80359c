import { Button } from '@mantine/core';
import type { Channel } from '../api/shapes.js';
import { text } from '../text/text.js';
import { LinkButton } from '../ui/link-button.js';
import { Refused } from '../ui/refused.js';
import { useSignIn } from './sign-in.js';

/** What brings back a channel that the platform no longer lets in. */
export function Reconnect({ channel: { id, type, name, health } }: { channel: Channel }) {
  const { signIn, isPending, error } = useSignIn();
  const { action } = health;
  if (!action) {
    return (
      <LinkButton
        to="/settings/channels/$channelId"
        params={{ channelId: id }}
        size="xs"
        w="fit-content"
        aria-label={text.channels.newPasswordOf(name)}
      >
        {text.channels.newPassword}
      </LinkButton>
    );
  }
  return (
    <>
      <Button
        size="xs"
        w="fit-content"
        loading={isPending}
        onClick={() => signIn({ body: { type, provider: action.provider, channelId: id } })}
      >
        {action.label}
      </Button>
      <Refused error={error} />
    </>
  );
}
