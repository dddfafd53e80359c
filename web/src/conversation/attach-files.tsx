import { ActionIcon, FileButton, Pill } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconPaperclip } from '@tabler/icons-react';
import { fetchClient } from '../api/client.js';
import type { Attachment } from '../api/shapes.js';
import { fileSize, text } from '../text/text.js';
import { noticeFailure } from '../ui/notice.js';
import classes from './composer.module.css';
import type { Draft } from './draft.js';

interface FilesProps {
  attachments: Attachment[];
  edit: (part: Partial<Draft>) => void;
}

/** Uploads files at once; the reply then only names them. */
export function AttachFiles({ attachments, edit }: FilesProps) {
  const upload = useMutation({ mutationFn: (files: File[]) => Promise.all(files.map(uploadFile)) });
  const attach = (files: File[]) => {
    if (!files.length) return;
    upload.mutate(files, {
      onSuccess: (added) => edit({ attachments: [...attachments, ...added] }),
      onError: noticeFailure(text.composer.uploadFailed),
    });
  };
  return (
    <FileButton onChange={attach} multiple>
      {(props) => (
        <ActionIcon {...props} variant="subtle" color="gray" size="lg" loading={upload.isPending} aria-label={text.composer.attach}>
          <IconPaperclip size={18} />
        </ActionIcon>
      )}
    </FileButton>
  );
}

async function uploadFile(file: File): Promise<Attachment> {
  const form = new FormData();
  form.append('file', file);
  const { data } = await fetchClient.POST('/api/v1/attachments', { body: {}, bodySerializer: () => form });
  return data!;
}

/** The files a reply will carry. */
export function AttachedFiles({ attachments, edit }: FilesProps) {
  if (!attachments.length) return null;
  return (
    <ul className={classes.files} aria-label={text.thread.attachments}>
      {attachments.map(({ id, filename, size }) => (
        <Pill
          key={id}
          component="li"
          size="md"
          withRemoveButton
          onRemove={() => edit({ attachments: attachments.filter((other) => other.id !== id) })}
          removeButtonProps={{ 'aria-label': text.composer.removeFile(filename), tabIndex: 0 }}
        >
          {filename} ({fileSize(size)})
        </Pill>
      ))}
    </ul>
  );
}
