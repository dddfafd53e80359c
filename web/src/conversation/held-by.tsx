import { Alert, Button, Group } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { text } from '../text/text.js';
import { useTakeOver } from './changes.js';

/** Another app answers in this chat at the platform; it can be taken over. */
export function HeldBy({ conversationId, holder }: { conversationId: string; holder: string }) {
  const { takeOver, isPending } = useTakeOver(conversationId);
  return (
    <Alert
      role="status"
      variant="light"
      color="orange"
      mb="xs"
      p="xs"
      icon={<IconHandStop aria-hidden />}
      title={text.composer.heldBy(holder)}
    >
      <Group gap="sm">
        <span>{text.composer.heldByHint}</span>
        <Button size="compact-sm" variant="default" loading={isPending} onClick={takeOver}>
          {text.composer.takeOver}
        </Button>
      </Group>
    </Alert>
  );
}
