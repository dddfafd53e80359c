import { type SyntheticEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Message } from '../api/shapes.js';
import { text } from '../text/text.js';
import { authorName } from './people.js';
import { cleanMail } from './clean-mail.js';
import classes from './message.module.css';
import { BlockedPictures, pictureUrl, useRemotePictures } from './remote-pictures.js';

/** An HTML mail in a frame where no script runs; as high as its content. */
export function MailFrame({ message, html }: { message: Message; html: string }) {
  const { id, attachments, quotedText } = message;
  const { shown, show, trust } = useRemotePictures(message);
  const { document, blockedImages } = useMemo(
    () => cleanMail(html, attachments, quotedText, shown ? (url) => pictureUrl(id, url) : null),
    [html, attachments, quotedText, shown, id],
  );
  const { height, watch } = useContentHeight();
  const sender = authorName(message);
  return (
    <>
      {blockedImages > 0 && <BlockedPictures count={blockedImages} sender={sender} show={show} trust={trust} />}
      <iframe
        className={classes.mail}
        title={text.thread.mail(sender)}
        srcDoc={document}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        style={{ height }}
        onLoad={watch}
      />
    </>
  );
}

function useContentHeight() {
  const [height, setHeight] = useState(60);
  const observer = useRef<ResizeObserver>(undefined);
  useEffect(() => () => observer.current?.disconnect(), []);
  const watch = ({ currentTarget }: SyntheticEvent<HTMLIFrameElement>) => {
    const body = currentTarget.contentDocument?.body;
    if (!body) return;
    observer.current?.disconnect();
    observer.current = new ResizeObserver(() => setHeight(body.scrollHeight));
    observer.current.observe(body);
  };
  return { height, watch };
}
