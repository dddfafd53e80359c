import { SegmentedControl } from '@mantine/core';
import { IconLock, IconWorld } from '@tabler/icons-react';
import { useId } from 'react';
import type { Conversation, ReplyMode } from '../api/shapes.js';
import { ago, soonAt, text } from '../text/text.js';
import { useNow } from '../ui/clock.js';
import classes from './composer.module.css';

/** Who reads an answer to a comment when the agent has not chosen: everybody, as long as that is possible. */
export function usualMode({ kind, replyWindow, privateReply }: Conversation): ReplyMode | null {
  if (kind !== 'comment') return null;
  return replyWindow?.open === false && privateReply?.open ? 'private' : 'public';
}

interface ReplyModeProps {
  conversation: Conversation;
  mode: ReplyMode;
  onChange: (mode: ReplyMode) => void;
}

/** Under the post for everybody, or to the commenter alone; and what that means. */
export function ReplyModeSwitch({ conversation: { contact, privateReply }, mode, onChange }: ReplyModeProps) {
  const hint = useId();
  const name = contact.name ?? text.thread.customer;
  const modes = [
    { value: 'public' as const, icon: IconWorld, label: text.composer.modes.public },
    { value: 'private' as const, icon: IconLock, label: text.composer.modes.private(name) },
  ];
  return (
    <div className={classes.mode} data-mode={mode}>
      {privateReply && (
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
        {mode === 'public' ? text.composer.modeHints.public : <PrivateHint name={name} privateReply={privateReply} />}
      </p>
    </div>
  );
}

function PrivateHint({ name, privateReply }: { name: string; privateReply: Conversation['privateReply'] }) {
  const now = useNow();
  if (!privateReply?.open || !privateReply.closesAt) return text.composer.modeHints.private(name);
  const end = new Date(privateReply.closesAt);
  const until = text.composer.modeHints.privateUntil(name, soonAt(end, now), ago(end, now));
  return [until, privateReply.reason].filter(Boolean).join(' ');
}
