import { Button, Group, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import type { ReplyMode } from '../api/shapes.js';
import { soonAt, text } from '../text/text.js';
import { laterTimes } from './later-times.js';

const SendLater = lazy(async () => ({ default: (await import('./send-later.js')).SendLater }));

interface SendButtonsProps {
  /** Under a post: who is to read it. */
  mode: ReplyMode | null;
  ready: boolean;
  /** Until when a reply is possible; null for ever. */
  closesAt: string | null;
  onSendAndClose: () => void;
  onSendLater: (at: Date) => void;
}

/** Sending, and the other ways of it. */
export function SendButtons({ mode, ready, closesAt, onSendAndClose, onSendLater }: SendButtonsProps) {
  const send = mode ? text.composer.sendIn[mode] : text.composer.send;
  const [choosing, { open, close }] = useDisclosure();
  return (
    <Group gap={1} wrap="nowrap">
      <Button type="submit" size="sm" disabled={!ready} style={{ borderStartEndRadius: 0, borderEndEndRadius: 0 }}>
        {send}
      </Button>
      <Menu position="top-end" shadow="md" width={270}>
        <Menu.Target>
          <Button
            size="sm"
            px={8}
            disabled={!ready}
            aria-label={text.composer.sendMore}
            style={{ borderStartStartRadius: 0, borderEndStartRadius: 0 }}
          >
            <IconChevronDown size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onSendAndClose}>{text.composer.sendAndClose}</Menu.Item>
          <Menu.Divider />
          <Menu.Label>{text.later.title}</Menu.Label>
          <LaterTimes closesAt={closesAt} onChoose={onSendLater} />
          <Menu.Item onClick={open}>{text.later.choose}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {choosing && (
        <Suspense>
          <SendLater closesAt={closesAt} onChoose={onSendLater} onClose={close} />
        </Suspense>
      )}
    </Group>
  );
}

/** Counted from when the menu opened. */
function LaterTimes({ closesAt, onChoose }: { closesAt: string | null; onChoose: (at: Date) => void }) {
  const now = new Date();
  return laterTimes(now).map(({ name, at }) => (
    <Menu.Item
      key={name}
      onClick={() => onChoose(at)}
      rightSection={
        <Text size="xs" c="dimmed">
          {soonAt(at, now)}
        </Text>
      }
    >
      {text.later.times[name]}
      {closesAt && at > new Date(closesAt) && (
        <Text size="xs" c="dimmed">
          {text.later.afterWindow}
        </Text>
      )}
    </Menu.Item>
  ));
}
