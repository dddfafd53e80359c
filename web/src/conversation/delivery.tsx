import { Button, Group } from '@mantine/core';
import { type Icon, IconAlertTriangle, IconCheck, IconChecks, IconClock, IconEye, IconSend } from '@tabler/icons-react';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Delivery, Message, RecipientFate } from '../api/shapes.js';
import { ago, text } from '../text/text.js';
import { useNow } from '../ui/clock.js';
import { noticeFailure } from '../ui/notice.js';
import classes from './message.module.css';

const icons: Record<Delivery['state'], Icon> = {
  queued: IconClock,
  sending: IconSend,
  sent: IconCheck,
  delivered: IconChecks,
  read: IconEye,
  failed: IconAlertTriangle,
  uncertain: IconAlertTriangle,
};

/** How far a reply has come; when it did not arrive, why, what can be done, and the button that does it. */
export function DeliveryState({ message, delivery, waits }: { message: Message; delivery: Delivery; waits: boolean }) {
  const { state, error, recipients } = delivery;
  const StateIcon = icons[state];
  const stuck = state === 'failed' || state === 'uncertain';
  const apart = new Set(recipients.map((one) => one.state)).size > 1;
  const waiting = state === 'queued' && error !== null;
  if (waits) return <Waits />;
  return (
    <div className={classes.delivery} data-state={state}>
      <span className={classes.deliveryState}>
        <StateIcon size={14} aria-hidden />
        {waiting ? <NextAttempt delivery={delivery} /> : text.delivery.states[state]}
      </span>
      {apart && <Recipients recipients={recipients} />}
      {error && <Reason error={error} saidApart={apart} />}
      {state === 'uncertain' && <p className={classes.reason}>{text.delivery.uncertainHint}</p>}
      <DeliveryActions message={message} canResend={stuck} canCancel={waiting} />
    </div>
  );
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
  if (saidApart) return action && <p className={classes.reason}>{action}</p>;
  return (
    <p className={classes.reason}>
      {[message, action].filter(Boolean).join(' ')}
      {code && <small> ({code})</small>}
    </p>
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

function NextAttempt({ delivery: { nextAttemptAt } }: { delivery: Delivery }) {
  const now = useNow();
  const next = new Date(nextAttemptAt ?? now);
  return next > now ? text.delivery.retrying(ago(next, now)) : text.delivery.retryingNow;
}

function DeliveryActions({ message, canResend, canCancel }: { message: Message; canResend: boolean; canCancel: boolean }) {
  const onError = noticeFailure(text.delivery.failed);
  const onSuccess = () => refresh(keys.messages(message.conversationId));
  const resend = api.useMutation('post', '/api/v1/messages/{id}/retry', { onError, onSuccess });
  const cancel = api.useMutation('delete', '/api/v1/messages/{id}', { onError, onSuccess });
  const which = { params: { path: { id: message.id } } };
  if (!canResend && !canCancel) return null;
  return (
    <Group gap={8}>
      {canResend && (
        <Button size="compact-xs" variant="default" loading={resend.isPending} onClick={() => resend.mutate(which)}>
          {text.delivery.again}
        </Button>
      )}
      {canCancel && (
        <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(which)}>
          {text.delivery.cancel}
        </Button>
      )}
    </Group>
  );
}
