import { Text } from '@mantine/core';
import { type SyntheticEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Attachment } from '../api/shapes.js';
import { plural, text } from '../text/text.js';
import { cleanMail } from './clean-mail.js';
import classes from './conversation.module.css';

interface MailFrameProps {
  html: string;
  attachments: Attachment[];
  /** Where the server found history in the mail, its words. */
  quotedText: string | null;
  title: string;
}

/** An HTML mail in a frame where no script runs; as high as its content. */
export function MailFrame({ html, attachments, quotedText, title }: MailFrameProps) {
  const { document, blockedImages } = useMemo(() => cleanMail(html, attachments, quotedText), [html, attachments, quotedText]);
  const { height, watch } = useContentHeight();
  return (
    <>
      <iframe
        className={classes.mail}
        title={title}
        srcDoc={document}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        style={{ height }}
        onLoad={watch}
      />
      {blockedImages > 0 && (
        <Text size="xs" c="dimmed">
          {plural(blockedImages, text.thread.blockedImages)}
        </Text>
      )}
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
