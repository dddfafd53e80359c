import { Button, Divider, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconExternalLink } from '@tabler/icons-react';
import type { Connector } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Refused } from '../ui/refused.js';
import { ChannelForm } from './channel-form.js';
import { useSignIn } from './sign-in.js';

/** Accounts that a sign-in at a provider opens without another question; or one that is typed in, with its token. */
export function ConnectBySignIn({ connector }: { connector: Connector }) {
  const { type, signIn: providers } = connector;
  const [byHand, { toggle }] = useDisclosure();
  const { signIn, isPending, error } = useSignIn();
  return (
    <Stack gap="md" align="flex-start">
      <Group gap="sm">
        {providers.map(({ id, label }) => (
          <Button
            key={id}
            size="md"
            loading={isPending}
            rightSection={<IconExternalLink size={16} aria-hidden />}
            onClick={() => signIn({ body: { type, provider: id } })}
          >
            {text.signIn.continueWith(label)}
          </Button>
        ))}
      </Group>
      <Refused title={text.signIn.refused} error={error} />
      <Divider w="100%" label={text.signIn.or} />
      <Button
        variant="subtle"
        size="compact-sm"
        aria-expanded={byHand}
        rightSection={<IconChevronDown size={14} aria-hidden />}
        onClick={toggle}
      >
        {text.signIn.token}
      </Button>
      {byHand && (
        <div style={{ width: '100%' }}>
          <ChannelForm connector={connector} />
        </div>
      )}
    </Stack>
  );
}
