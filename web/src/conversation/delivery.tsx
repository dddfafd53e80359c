import { Button, Group } from '@mantine/core';
import { type Icon, IconAlertTriangle, IconCheck, IconChecks, IconClock, IconEye, IconPlugConnectedX, IconSend } from '@tabler/icons-react';
import { api } from '../api/client.js';
import { keys, refresh, useChannelsById } from '../api/resources.js';
import { serverNow } from '../api/server-time.js';
import type { Channel, Delivery, Message, RecipientFate } from '../api/shapes.js';
import { ago, soonAt, text } from '../text/text.js';
import { useNow } from '../ui/clock.js';
import { noticeFailure } from '../ui/notice.js';
import { Attempts } from './attempts.js';
import classes from './message.module.css';
import { Scheduled, SendingSoon, TakeBack } from './undo-send.js';

/** What waits for a channel is tried a little after it opens. */
const slackMs = 60_000;

const icons: Record<Delivery['state'], Icon> = {
  queued: IconClock,
  sending: IconSend,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconEye,
  failed: IconAlertTriangle,
  uncertain: IconAlertTriangle,
};

interface DeliveryStateProps {
  message: Message;
  delivery: Delivery;
  channelId: string;
  waits: boolean;
}

/** How far a reply has come; when it did not arrive, why, what can be done, and the button that does it. */
export function DeliveryState({ message, delivery, channelId, waits }: DeliveryStateProps) {
  const { state, error, recipients, attempts } = delivery;
  const stuck = state === 'failed' || state === 'uncertain';
  // One that some of its recipients have is not given back.
  const waiting = state === 'queued' && error !== null && !recipients.some((one) => hasReached(one.state));
  const apart = new Set(recipients.map((one) => one.state)).size > 1;
  if (waits) return <Waits />;
  return (
    <div className={classes.delivery} data-state={state}>
      {state === 'queued' ? <Queued message={message} delivery={delivery} channelId={channelId} /> : <Reached state={state} />}
      {apart && <Recipients recipients={recipients} />}
      {error && <Reason error={error} saidApart={apart} />}
      {state === 'uncertain' && <p className={classes.reason}>{text.delivery.uncertainHint}</p>}
      <Group gap={8}>
        {stuck && <SendAgain message={message}>{text.delivery.again}</SendAgain>}
        {hasLeft(state) && error && <SendAgain message={message}>{text.delivery.againToThem}</SendAgain>}
        {waiting && <TakeBack message={message} label={text.delivery.takeBack} />}
      </Group>
      {(error || attempts > 1) && <Attempts messageId={message.id} />}
    </div>
  );
}

const hasReached = (state: RecipientFate['state']) => state === 'sent' || state === 'delivered' || state === 'delayed';

const hasLeft = (state: Delivery['state']) => state === 'sent' || state === 'delivered' || state === 'read';

function Reached({ state }: { state: Delivery['state'] }) {
  const StateIcon = icons[state];
  return (
    <span className={classes.deliveryState}>
      <StateIcon size={14} aria-hidden />
      {text.delivery.states[state]}
    </span>
  );
}

/** Why a reply has not left yet: it can still be undone, is for later, its channel is held, or an attempt did not work. */
function Queued({ message, delivery, channelId }: Omit<DeliveryStateProps, 'waits'>) {
  const { undoUntil, nextAttemptAt, attempts, error } = delivery;
  const now = useNow();
  const sending = useChannelsById().get(channelId)?.health.sending;
  const next = new Date(nextAttemptAt ?? now);
  const heldUntil = sending ? Date.parse(sending.heldUntil) : 0;
  const waits = next > now && !attempts && !error && next.getTime() > heldUntil + slackMs;
  if (undoUntil && Date.parse(undoUntil) > serverNow()) return <SendingSoon message={message} until={undoUntil} />;
  if (waits) return <Scheduled message={message} at={next} />;
  return (
    <span className={classes.deliveryState}>
      {sending ? <IconPlugConnectedX size={14} aria-hidden /> : <IconClock size={14} aria-hidden />}
      {sending ? <Held sending={sending} /> : error ? <NextAttempt next={next} /> : text.delivery.states.queued}
    </span>
  );
}

/** Nothing leaves on the channel for now, whatever the reply. */
function Held({ sending: { since, heldUntil } }: { sending: NonNullable<Channel['health']['sending']> }) {
  const now = useNow();
  return text.delivery.held(soonAt(new Date(since), now), soonAt(new Date(heldUntil), now));
}

/** What is wrong, and the button that mends it, stand below the part that did not go out. */
function Waits() {
  return (
    <div className={classes.delivery} data-state="queued">
      <span className={classes.deliveryState}>
        <IconClock size={14} aria-hidden />
        {text.delivery.waitsForPart}
      </span>
    </div>
  );
}

/** Why not everybody has it, and what to do; what is said of each recipient apart is not said again. */
function Reason({ error: { code, message, action }, saidApart }: { error: NonNullable<Delivery['error']>; saidApart: boolean }) {
  return (
    <>
      {!saidApart && (
        <p className={classes.reason}>
          {message}
          {code && <small> ({code})</small>}
        </p>
      )}
      {action && <p className={classes.reason}>{action}</p>}
    </>
  );
}

/** What became of it for each recipient, where that differs. */
function Recipients({ recipients }: { recipients: RecipientFate[] }) {
  return (
    <ul className={classes.fates} aria-label={text.delivery.recipients}>
      {recipients.map(({ recipient, state, code, message }) => (
        <li key={recipient} data-state={state}>
          <b>{recipient}</b> {text.delivery.fates[state]}
          {message && `: ${message}`}
          {code && <small> ({code})</small>}
        </li>
      ))}
    </ul>
  );
}

function NextAttempt({ next }: { next: Date }) {
  const now = useNow();
  return next > now ? text.delivery.retrying(ago(next, now)) : text.delivery.retryingNow;
}

function SendAgain({ message, children }: { message: Message; children: string }) {
  const resend = api.useMutation('post', '/api/v1/messages/{id}/retry', {
    onError: noticeFailure(text.delivery.failed),
    onSuccess: () => refresh(keys.messages(message.conversationId)),
  });
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={resend.isPending}
      onClick={() => resend.mutate({ params: { path: { id: message.id } } })}
    >
      {children}
    </Button>
  );
}
