import { ActionIcon, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDots, IconFileDownload, IconSquareArrowRight } from '@tabler/icons-react';
import { lazy, Suspense, useId } from 'react';
import type { Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './message.module.css';

const MoveDialog = lazy(async () => ({ default: (await import('./move-dialog.js')).MoveDialog }));

export const originalUrl = (messageId: string) => `/api/v1/messages/${messageId}/original`;

/** The rule under which the evidence is no sentence but who did it. */
const byHand = 'moved-by-agent';

/** Why a mail stands where it stands, and what to do when that is wrong. */
export function MessageMenu({ message, placedBy }: { message: Message; placedBy: NonNullable<Message['placedBy']> }) {
  const [moving, { open, close }] = useDisclosure();
  const why = useId();
  const { rule, evidence } = placedBy;
  return (
    <>
      <Menu width={270} position="bottom-start" shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={text.placement.menu(message.author.name ?? text.thread.customer)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown aria-describedby={why}>
          <div id={why} className={classes.why}>
            <Text size="xs" fw={600}>
              {text.placement.why}
            </Text>
            <Text size="xs">{rule === byHand ? text.placement.movedBy(evidence) : evidence}</Text>
          </div>
          <Menu.Divider />
          <Menu.Item leftSection={<IconSquareArrowRight size={16} />} onClick={open}>
            {text.placement.wrong}
          </Menu.Item>
          {message.direction === 'inbound' && (
            <Menu.Item leftSection={<IconFileDownload size={16} />} component="a" href={originalUrl(message.id)} download>
              {text.placement.original}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {moving && (
        <Suspense>
          <MoveDialog message={message} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
