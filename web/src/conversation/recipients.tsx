import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { ReplyPreview } from '../api/shapes.js';
import { text } from '../text/text.js';
import classes from './composer.module.css';
import type { Draft } from './draft.js';

interface RecipientsProps {
  preview: ReplyPreview;
  /** As it stands: suggested or chosen. */
  cc: string[];
  bcc: string[];
  edit: (part: Partial<Draft>) => void;
}

const Addresses = lazy(async () => ({ default: (await import('./addresses.js')).Addresses }));

/** Who receives the reply and under which subject: the customer always, copies as suggested and as wished. */
export function Recipients({ preview: { to, subject }, cc, bcc, edit }: RecipientsProps) {
  const [withCc, setWithCc] = useState(false);
  const [withBcc, setWithBcc] = useState(false);
  const showsCc = withCc || cc.length > 0;
  const showsBcc = withBcc || bcc.length > 0;
  return (
    <div className={classes.recipients}>
      <div className={classes.line}>
        <span className={classes.label}>{text.composer.to}</span>
        <b title={to.join(', ')}>{to.join(', ')}</b>
        {!showsCc && <AddCopies label={text.composer.cc} onClick={() => setWithCc(true)} />}
        {!showsBcc && <AddCopies label={text.composer.bcc} onClick={() => setWithBcc(true)} />}
      </div>
      <Suspense>
        {showsCc && <Addresses label={text.composer.cc} value={cc} onChange={(chosen) => edit({ cc: chosen })} />}
        {showsBcc && <Addresses label={text.composer.bcc} value={bcc} onChange={(chosen) => edit({ bcc: chosen })} />}
      </Suspense>
      {subject && (
        <div className={`${classes.line} ${classes.subject}`}>
          <span className={classes.label}>{text.composer.subject}</span>
          <span title={subject}>{subject}</span>
        </div>
      )}
    </div>
  );
}

/** Stands where the recipients will, until the server has said who they are. */
export function RecipientsUnknown() {
  return (
    <div className={`${classes.recipients} ${classes.line}`} role="status" aria-label={text.loading}>
      <span className={classes.label}>{text.composer.to}</span>…
    </div>
  );
}

function AddCopies({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="subtle" size="compact-xs" onClick={onClick} aria-label={text.composer.add(label)}>
      {label}
    </Button>
  );
}
