import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconArrowBackUp, IconCalendarClock, IconSend } from '@tabler/icons-react';
import { useMe } from '../api/resources.js';
import { serverNow } from '../api/server-time.js';
import type { Message } from '../api/shapes.js';
import { ago, moment, soonAt, text } from '../text/text.js';
import { useNow, useSecondsUntil } from '../ui/clock.js';
import { modifierKey } from '../ui/platform.js';
import classes from './message.module.css';
import { useTakeBack } from './use-take-back.js';

/** For so long a weekday says which day is meant. */
const nameableMs = 6 * 86_400_000;

/** A reply that its author may still take back: how long yet, and the button. */
export function SendingSoon({ message, until }: { message: Message; until: string }) {
  const me = useMe();
  const seconds = useSecondsUntil(until);
  return (
    <>
      <span className={classes.deliveryState}>
        <IconSend size={14} aria-hidden />
        {seconds ? <span aria-hidden>{text.undo.sendingIn(seconds)}</span> : text.delivery.states.sending}
      </span>
      {seconds > 0 && message.author.id === me.id && <TakeBack message={message} label={text.undo.undo} />}
    </>
  );
}

/** A reply that leaves at a chosen time. */
export function Scheduled({ message, at }: { message: Message; at: Date }) {
  const now = useNow();
  const isFar = at.getTime() - now.getTime() > nameableMs;
  return (
    <>
      <span className={classes.deliveryState} title={moment(at)}>
        <IconCalendarClock size={14} aria-hidden />
        {isFar ? text.delivery.scheduledOn(moment(at)) : text.delivery.scheduled(soonAt(at, now), ago(at, now))}
      </span>
      <TakeBack message={message} label={text.delivery.takeBack} />
    </>
  );
}

/** Takes a reply back into the box. */
export function TakeBack({ message, label }: { message: Message; label: string }) {
  const { takeBack, isPending } = useTakeBack({ id: message.conversationId });
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={isPending}
      leftSection={<IconArrowBackUp size={14} aria-hidden />}
      title={text.undo.hint}
      onClick={() => takeBack(message)}
    >
      {label}
    </Button>
  );
}

/** The latest reply of ours that can be undone yet: Ctrl+Z does it, unless that belongs to what is being written. Said aloud once. */
export function UndoKey({ conversationId, messages }: { conversationId: string; messages: Message[] }) {
  const me = useMe();
  const { takeBack } = useTakeBack({ id: conversationId });
  const last = messages.findLast((message) => message.author.id === me.id && isUndoable(message));
  useHotkeys([['mod+Z', () => void (last && !isWriting() && takeBack(last)), { preventDefault: false }]], []);
  return (
    <div role="status" className="visually-hidden">
      {last && text.undo.announce(modifierKey)}
    </div>
  );
}

function isUndoable({ delivery }: Message): boolean {
  return delivery?.state === 'queued' && !!delivery.undoUntil && Date.parse(delivery.undoUntil) > serverNow();
}

function isWriting(): boolean {
  const focused = document.activeElement;
  return (focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement) && focused.value !== '';
}
