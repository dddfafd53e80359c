import { ActionIcon, Alert, FileButton, Pill, Progress } from '@mantine/core';
import { IconPaperclip } from '@tabler/icons-react';
import type { Attachment, Capabilities } from '../api/shapes.js';
import { fileSize, text } from '../text/text.js';
import classes from './composer.module.css';
import type { Draft } from './draft.js';
import { attachmentUrl, mediaKind } from './media.js';
import { refusal } from './sendable.js';
import type { useFiles } from './use-files.js';

/** Chooses files of this machine; only those the channel can send are offered. */
export function AttachFiles({ capabilities, add }: { capabilities: Capabilities; add: (files: File[]) => void }) {
  return (
    <FileButton onChange={add} multiple accept={capabilities.fileTypes.join(',') || undefined}>
      {(props) => (
        <ActionIcon {...props} variant="subtle" color="gray" size="lg" aria-label={text.composer.attach}>
          <IconPaperclip size={18} />
        </ActionIcon>
      )}
    </FileButton>
  );
}

interface AttachedFilesProps {
  attachments: Attachment[];
  capabilities: Capabilities;
  edit: (part: Partial<Draft>) => void;
}

/** The files a reply will carry; those that cannot travel the way it goes now say why. */
export function AttachedFiles({ attachments, capabilities, edit }: AttachedFilesProps) {
  if (!attachments.length) return null;
  return (
    <ul className={classes.files} aria-label={text.thread.attachments}>
      {attachments.map((file) => {
        const why = cannotTravel(file, capabilities);
        return (
          <li key={file.id}>
            <Pill
              size="md"
              withRemoveButton
              className={classes.attached}
              data-bad={why ? true : undefined}
              onRemove={() => edit({ attachments: attachments.filter(({ id }) => id !== file.id) })}
              removeButtonProps={{ 'aria-label': text.composer.removeFile(file.filename), 'aria-hidden': false, tabIndex: 0 }}
            >
              {mediaKind(file) === 'picture' && <img src={attachmentUrl(file.id)} alt="" className={classes.thumb} />}
              {file.filename} ({fileSize(file.size)})
            </Pill>
            {why && (
              <span role="alert" className={classes.bad}>
                {text.composer.cannotSend(file.filename, why)}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Why a file that is attached already cannot be sent with these capabilities; null when it can. */
export const cannotTravel = ({ contentType: type, size }: Attachment, capabilities: Capabilities) => refusal({ type, size }, capabilities);

/** Files on their way, and those that were not taken. */
export function Uploads({ files: { uploads, refused, forget } }: { files: ReturnType<typeof useFiles> }) {
  return (
    <>
      {uploads.map(({ key, name, share }) => (
        <div key={key} className={classes.upload}>
          <span>{text.composer.uploading(name)}</span>
          <Progress value={100 * share} flex={1} aria-label={text.composer.uploading(name)} />
        </div>
      ))}
      {refused.length > 0 && (
        <Alert
          role="alert"
          color="red"
          variant="light"
          mt="xs"
          p="xs"
          withCloseButton
          closeButtonLabel={text.composer.dismiss}
          onClose={forget}
        >
          {refused.map((words) => (
            <div key={words}>{words}</div>
          ))}
        </Alert>
      )}
    </>
  );
}
