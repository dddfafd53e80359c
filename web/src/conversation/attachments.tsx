import { IconCloudDownload, IconPaperclip, IconPhotoOff } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { keys, refresh } from '../api/resources.js';
import type { Attachment } from '../api/shapes.js';
import { fileSize, text } from '../text/text.js';
import classes from './attachments.module.css';
import { attachmentUrl, type MediaKind, mediaKind, waysToShow, whatItIs } from './media.js';

const Lightbox = lazy(async () => ({ default: (await import('./lightbox.js')).Lightbox }));

/** A message's files, shown where they can be and to download; pictures that the mail shows in its own text are left out. */
export function Attachments({ attachments, shownInline }: { attachments: Attachment[]; shownInline: boolean }) {
  const [opened, setOpened] = useState<string | null>(null);
  const files = attachments.filter(({ inline, contentId }) => !(shownInline && inline && contentId));
  const pictures = files.filter((file) => isHere(file) && waysToShow(file)[0] === 'picture');
  if (!files.length) return null;
  return (
    <>
      <ul className={classes.files} data-many={pictures.length > 1 || undefined} aria-label={text.thread.attachments}>
        {files.map((file) => (
          <li key={file.id} className={classes.item}>
            <File file={file} onView={() => setOpened(file.id)} />
          </li>
        ))}
      </ul>
      {opened && (
        <Suspense>
          <Lightbox pictures={pictures} first={opened} onClose={() => setOpened(null)} />
        </Suspense>
      )}
    </>
  );
}

const isHere = ({ state }: Attachment) => state === 'stored' || state === 'linked';

interface FileProps {
  file: Attachment;
  onView: () => void;
}

function File({ file, onView }: FileProps) {
  const [tried, setTried] = useState(0);
  const kind = waysToShow(file)[tried];
  const goOn = () => {
    setTried(tried + 1);
    // Whether the platform has it no more, or the line to us is down, only the server knows.
    if (file.state === 'linked') void refresh(keys.allMessages);
  };
  if (file.state === 'fetching') return <Fetching file={file} />;
  if (file.state === 'gone') return <Gone file={file} />;
  if (!kind) return <Download file={file} />;
  return (
    <figure className={classes.media}>
      <Media kind={kind} file={file} onView={onView} onBroken={goOn} />
      {file.state === 'linked' && <figcaption>{text.files.linked}</figcaption>}
    </figure>
  );
}

interface MediaProps extends FileProps {
  kind: MediaKind;
  onBroken: () => void;
}

function Media({ kind, file: { id, filename }, onView, onBroken }: MediaProps) {
  const shared = { src: attachmentUrl(id), onError: onBroken };
  if (kind === 'video') return <video {...shared} className={classes.video} controls preload="metadata" aria-label={filename} />;
  if (kind === 'audio') return <audio {...shared} className={classes.audio} controls preload="metadata" aria-label={filename} />;
  return (
    <button type="button" className={classes.view} onClick={onView} aria-label={text.files.view(filename)}>
      <img {...shared} className={classes.picture} alt={filename} />
    </button>
  );
}

function Download({ file: { id, filename, size } }: { file: Attachment }) {
  return (
    <a href={attachmentUrl(id)} download={filename} className={classes.file}>
      <IconPaperclip size={14} aria-hidden />
      <em className="visually-hidden">{text.thread.download}</em>
      <span>{filename}</span>
      {size > 0 && <small>{fileSize(size)}</small>}
    </a>
  );
}

/** Stands in until the file is here, which is told by a live event. */
function Fetching({ file }: { file: Attachment }) {
  return (
    <span className={classes.placeholder} data-kind={mediaKind(file)} role="status">
      <IconCloudDownload size={18} aria-hidden />
      <b>{whatItIs(file)}</b>
      <span>{text.files.fetching}</span>
    </span>
  );
}

function Gone({ file }: { file: Attachment }) {
  return (
    <span className={classes.placeholder}>
      <IconPhotoOff size={18} aria-hidden />
      <b>{whatItIs(file)}</b>
      <span>{text.files.gone}</span>
    </span>
  );
}
