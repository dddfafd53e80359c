import { Button, Group, Modal, Text } from '@mantine/core';
import { text as words } from '../text/text.js';

interface ConfirmProps {
  opened: boolean;
  title: string;
  /** What will happen. */
  text: string;
  /** The word on the button that does it. */
  confirm: string;
  color?: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is done that cannot be taken back; Enter on opening does nothing. */
export function Confirm({ opened, title, text, confirm, color, onConfirm, onClose }: ConfirmProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': words.cancel }}>
      <Text>{text}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {words.cancel}
        </Button>
        <Button
          color={color}
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
