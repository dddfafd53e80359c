import { Paper, Stack, Text, Title } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import classes from './door.module.css';

interface DoorProps {
  title: string;
  lead: string;
  children: ReactNode;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

/** The page before the house: one form in the middle. */
export function Door({ title, lead, children, onSubmit }: DoorProps) {
  return (
    <main className={classes.page}>
      <Paper component="form" noValidate withBorder shadow="sm" radius="lg" p="xl" className={classes.card} onSubmit={onSubmit}>
        <Stack gap="md">
          <img src="/favicon.svg" alt="" width={40} height={40} />
          <div>
            <Title order={1} size="h3">
              {title}
            </Title>
            <Text c="dimmed" size="sm" mt={4}>
              {lead}
            </Text>
          </div>
          {children}
        </Stack>
      </Paper>
    </main>
  );
}
