import { IconPaperclip } from '@tabler/icons-react';
import type { Attachment } from '../api/shapes.js';
import { fileSize, text } from '../text/text.js';
import classes from './conversation.module.css';

export const attachmentUrl = (id: string) => `/api/v1/attachments/${id}`;

/** A message's files to download; pictures that the mail shows in its own text are left out. */
export function Attachments({ attachments, shownInline }: { attachments: Attachment[]; shownInline: boolean }) {
  const files = attachments.filter(({ inline, contentId }) => !(shownInline && inline && contentId));
  if (!files.length) return null;
  return (
    <ul className={classes.files} aria-label={text.thread.attachments}>
      {files.map(({ id, filename, size }) => (
        <li key={id}>
          <a href={attachmentUrl(id)} download={filename} className={classes.file}>
            <IconPaperclip size={14} aria-hidden />
            <em className="visually-hidden">{text.thread.download}</em>
            <span>{filename}</span>
            <small>{fileSize(size)}</small>
          </a>
        </li>
      ))}
    </ul>
  );
}
