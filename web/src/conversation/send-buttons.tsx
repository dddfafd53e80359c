import { Button, Group, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { ReplyMode } from '../api/shapes.js';
import { text } from '../text/text.js';

interface SendButtonsProps {
  /** Under a post: who is to read it. */
  mode: ReplyMode | null;
  ready: boolean;
  onSendAndClose: () => void;
}

/** Sending, and the other ways of it. */
export function SendButtons({ mode, ready, onSendAndClose }: SendButtonsProps) {
  const send = mode ? text.composer.sendIn[mode] : text.composer.send;
  return (
    <Group gap={1} wrap="nowrap">
      <Button type="submit" size="sm" disabled={!ready} style={{ borderStartEndRadius: 0, borderEndEndRadius: 0 }}>
        {send}
      </Button>
      <Menu position="top-end" shadow="md">
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
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
