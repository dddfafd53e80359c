import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './composer.module.css';
import type { Draft } from './draft.js';

interface RecipientsProps {
  conversation: Conversation;
  draft: Draft;
  edit: (part: Partial<Draft>) => void;
}

const Addresses = lazy(async () => ({ default: (await import('./addresses.js')).Addresses }));

/** Who receives the reply: the customer always, copies as wished. */
export function Recipients({ conversation: { contact }, draft, edit }: RecipientsProps) {
  const [opened, setOpened] = useState(draft.cc.length + draft.bcc.length > 0);
  return (
    <>
      <div className={classes.to}>
        <span>{text.composer.to}</span>
        <b>{contact.name ?? text.list.unnamed}</b>
        {!opened && (
          <Button variant="subtle" size="compact-xs" ms="auto" onClick={() => setOpened(true)}>
            {text.composer.addCc}
          </Button>
        )}
      </div>
      {opened && (
        <div className={classes.copies}>
          <Suspense>
            <Addresses label={text.composer.cc} value={draft.cc} onChange={(cc) => edit({ cc })} />
            <Addresses label={text.composer.bcc} value={draft.bcc} onChange={(bcc) => edit({ bcc })} />
          </Suspense>
        </div>
      )}
    </>
  );
}
