import { ActionIcon, Anchor, Group, Modal, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { Attachment } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './attachments.module.css';
import { attachmentUrl } from './media.js';

interface LightboxProps {
  pictures: Attachment[];
  /** The id of the one to begin with. */
  first: string;
  onClose: () => void;
}

/** A message's pictures as large as the window; arrow keys lead from one to the next. */
export function Lightbox({ pictures, first, onClose }: LightboxProps) {
  const [index, setIndex] = useState(() => pictures.findIndex(({ id }) => id === first));
  const by = (step: number) => setIndex((at) => Math.min(pictures.length - 1, Math.max(0, at + step)));
  useHotkeys([
    ['ArrowRight', () => by(1)],
    ['ArrowLeft', () => by(-1)],
  ]);
  const shown = pictures[index];
  if (!shown) return null;
  return (
    <Modal
      opened
      onClose={onClose}
      size="auto"
      centered
      title={shown.filename}
      closeButtonProps={{ 'aria-label': text.files.close }}
      classNames={{ title: classes.lightboxTitle }}
    >
      <img src={attachmentUrl(shown.id)} alt={shown.filename} className={classes.large} />
      <Group justify="space-between" mt="sm" wrap="nowrap">
        <Anchor href={attachmentUrl(shown.id)} download={shown.filename} size="sm">
          {text.thread.download}
        </Anchor>
        {pictures.length > 1 && (
          <Group gap="xs" wrap="nowrap">
            <ActionIcon variant="default" size="lg" disabled={index === 0} onClick={() => by(-1)} aria-label={text.files.previous}>
              <IconChevronLeft size={18} />
            </ActionIcon>
            <Text component="span" aria-live="polite">
              {index + 1} / {pictures.length}
            </Text>
            <ActionIcon
              variant="default"
              size="lg"
              disabled={index === pictures.length - 1}
              onClick={() => by(1)}
              aria-label={text.files.next}
            >
              <IconChevronRight size={18} />
            </ActionIcon>
          </Group>
        )}
      </Group>
    </Modal>
  );
}
