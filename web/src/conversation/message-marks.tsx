import { IconEyeOff, IconLock, IconThumbUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Message } from '../api/shapes.js';
import { moment, text } from '../text/text.js';
import { LinkedText } from '../ui/linked-text.js';
import classes from './message.module.css';

/** What became of a message since it was written: edited, hidden, liked, answered elsewhere. */
export function MessageMarks({ message }: { message: Message }) {
  const { hidden, liked, answeredPrivately, deletedAt, editedAt } = message;
  if (deletedAt || !(hidden || liked || answeredPrivately || editedAt)) return null;
  return (
    <div className={classes.marks}>
      {hidden && (
        <Mark icon={<IconEyeOff size={13} aria-hidden />} tone="warn" hint={text.comments.hiddenHint}>
          {text.comments.hidden}
        </Mark>
      )}
      {liked && <Mark icon={<IconThumbUp size={13} aria-hidden />}>{text.comments.liked}</Mark>}
      {answeredPrivately && <Mark icon={<IconLock size={13} aria-hidden />}>{text.comments.answeredPrivately}</Mark>}
      {editedAt && <Edited at={editedAt} before={message.originalText} />}
    </div>
  );
}

function Mark({ icon, tone, hint, children }: { icon: ReactNode; tone?: 'warn'; hint?: string; children: ReactNode }) {
  return (
    <span className={classes.mark} data-tone={tone} title={hint}>
      {icon} {children}
    </span>
  );
}

/** That a message was changed after it was sent, and what it said before. */
function Edited({ at, before }: { at: string; before: string | null }) {
  const when = moment(new Date(at));
  if (!before) return <span title={when}>{text.thread.edited}</span>;
  return (
    <details className={classes.edited}>
      <summary title={when} aria-label={`${text.thread.edited}. ${text.thread.showOriginal}`}>
        {text.thread.edited}
      </summary>
      <div>
        <b>{text.thread.showOriginal}</b>
        <div className={classes.prose}>
          <LinkedText>{before}</LinkedText>
        </div>
      </div>
    </details>
  );
}
