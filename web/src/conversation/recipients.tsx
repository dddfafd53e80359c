import { Button, TagsInput } from '@mantine/core';
import { useState } from 'react';
import type { Conversation } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './composer.module.css';
import type { Draft } from './draft.js';

interface RecipientsProps {
  conversation: Conversation;
  draft: Draft;
  edit: (part: Partial<Draft>) => void;
}

const looksLikeAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

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
          <Addresses label={text.composer.cc} value={draft.cc} onChange={(cc) => edit({ cc })} />
          <Addresses label={text.composer.bcc} value={draft.bcc} onChange={(bcc) => edit({ bcc })} />
        </div>
      )}
    </>
  );
}

function Addresses({ label, value, onChange }: { label: string; value: string[]; onChange: (addresses: string[]) => void }) {
  const [refused, setRefused] = useState<string>();
  const change = (addresses: string[]) => {
    setRefused(addresses.find((address) => !looksLikeAddress.test(address)));
    onChange(addresses.filter((address) => looksLikeAddress.test(address)));
  };
  return (
    <TagsInput
      size="xs"
      aria-label={label}
      leftSection={label}
      leftSectionWidth={44}
      placeholder={value.length ? undefined : text.composer.addressHint}
      splitChars={[',', ';', ' ']}
      acceptValueOnBlur
      value={value}
      onChange={change}
      error={refused && text.composer.badAddress(refused)}
    />
  );
}
