import { ActionIcon, Button, Group, Menu, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Icon, IconDots, IconEye, IconEyeOff, IconThumbDown, IconThumbUp, IconTrash } from '@tabler/icons-react';
import type { Message, Moderation } from '../api/shapes.js';
import { text } from '../text/text.js';
import { authorName } from './people.js';
import { useModerate } from './use-moderate.js';

const icons: Record<Moderation, Icon> = {
  hide: IconEyeOff,
  unhide: IconEye,
  like: IconThumbUp,
  unlike: IconThumbDown,
  delete: IconTrash,
};

/** What may be done to a comment now. */
export function ModerationMenu({ message }: { message: Message }) {
  const [deleting, { open, close }] = useDisclosure();
  const moderate = useModerate(message);
  if (!message.moderation.length) return null;
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="md" aria-label={text.moderation.menu(authorName(message))}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {message.moderation.map((action) => {
            const ActionIconFor = icons[action];
            const forGood = action === 'delete';
            return (
              <Menu.Item
                key={action}
                color={forGood ? 'red' : undefined}
                leftSection={<ActionIconFor size={16} />}
                onClick={() => (forGood ? open() : moderate(action))}
              >
                {text.moderation.actions[action]}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={deleting}
        onClose={close}
        title={text.moderation.deleteTitle}
        centered
        closeButtonProps={{ 'aria-label': text.cancel }}
      >
        <Text>{text.moderation.deleteText}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close} data-autofocus>
            {text.cancel}
          </Button>
          <Button
            color="red"
            onClick={() => {
              close();
              moderate('delete');
            }}
          >
            {text.moderation.deleteConfirm}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
