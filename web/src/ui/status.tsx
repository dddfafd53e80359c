import { Button, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { failureText } from '../api/problem.js';
import { text } from '../text/text.js';

/** Something is on its way; said aloud, and shown only once it takes noticeable time. */
export function Loading({ label = text.loading }: { label?: string }) {
  return (
    <Stack align="center" justify="center" p="xl" flex={1} role="status" aria-label={label}>
      <Loader size="sm" />
    </Stack>
  );
}

/** A place with nothing in it: what that means and what to do next. */
export function Empty({ title, hint, icon, children }: { title: string; hint?: string; icon?: ReactNode; children?: ReactNode }) {
  return (
    <Stack align="center" justify="center" gap="xs" p="xl" flex={1} ta="center">
      {icon}
      <Title order={2} size="h4">
        {title}
      </Title>
      {hint && (
        <Text size="sm" c="dimmed" maw={340}>
          {hint}
        </Text>
      )}
      {children}
    </Stack>
  );
}

/** A load that failed, with the reason and a way to try again. */
export function Failed({ error, retry }: { error: unknown; retry: () => unknown }) {
  return (
    <Stack align="center" justify="center" gap="xs" p="xl" flex={1} ta="center" role="alert">
      <Title order={2} size="h4">
        {text.failure.title}
      </Title>
      <Text size="sm" c="dimmed" maw={340}>
        {failureText(error)}
      </Text>
      <Button variant="default" mt="xs" onClick={() => void retry()}>
        {text.retry}
      </Button>
    </Stack>
  );
}
