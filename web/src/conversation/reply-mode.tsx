import { SegmentedControl } from '@mantine/core';
import { IconLock, IconWorld } from '@tabler/icons-react';
import { useId } from 'react';
import type { Conversation, ReplyMode } from '../api/shapes.js';
import { ago, soonAt, text } from '../text/text.js';
import { useNow } from '../ui/clock.js';
import classes from './composer.module.css';

/** Who reads an answer to a comment when the agent has not chosen: everybody, as long as that is possible. */
export function usualMode({ kind, replyWindow }: Conversation, privately: Conversation['privateReply']): ReplyMode | null {
  if (kind !== 'comment') return null;
  return replyWindow?.open === false && privately?.open ? 'private' : 'public';
}

interface ReplyModeProps {
  /** Of the author of the comment that is answered. */
  name: string;
  /** Null where there are no private answers. */
  privately: Conversation['privateReply'];
  mode: ReplyMode;
  onChange: (mode: ReplyMode) => void;
}

/** Under the post for everybody, or to the commenter alone; and what that means. */
export function ReplyModeSwitch({ name, privately, mode, onChange }: ReplyModeProps) {
  const hint = useId();
  const modes = [
    { value: 'public' as const, icon: IconWorld, label: text.composer.modes.public },
    { value: 'private' as const, icon: IconLock, label: text.composer.modes.private(name) },
  ];
  return (
    <div className={classes.mode} data-mode={mode}>
      {privately && (
        <SegmentedControl
          size="xs"
          aria-label={text.composer.mode}
          aria-describedby={hint}
          value={mode}
          onChange={(chosen) => onChange(chosen)}
          data={modes.map(({ value, icon: ModeIcon, label }) => ({
            value,
            label: (
              <span className={classes.modeLabel}>
                <ModeIcon size={14} aria-hidden /> <span>{label}</span>
              </span>
            ),
          }))}
        />
      )}
      <p id={hint} className={classes.modeHint} role="status">
        {mode === 'public' ? text.composer.modeHints.public : <PrivateHint name={name} privately={privately} />}
      </p>
    </div>
  );
}

function PrivateHint({ name, privately }: Pick<ReplyModeProps, 'name' | 'privately'>) {
  const now = useNow();
  if (!privately?.open || !privately.closesAt) return text.composer.modeHints.private(name);
  const end = new Date(privately.closesAt);
  const until = text.composer.modeHints.privateUntil(name, soonAt(end, now), ago(end, now));
  return [until, privately.reason].filter(Boolean).join(' ');
}
