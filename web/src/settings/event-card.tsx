import { Anchor, Button, Checkbox, Group, Text } from '@mantine/core';
import { useChannelsById, useConnector, useMe } from '../api/resources.js';
import type { InboundEvent } from '../api/shapes.js';
import { fileSize, moment, text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import classes from './settings.module.css';

interface EventCardProps {
  event: InboundEvent;
  selected: boolean;
  /** Null where nothing can be done with it. */
  onSelect: ((on: boolean) => void) | null;
  onReplay: (() => void) | null;
}

/** One event of the ledger: where it came in and when, why it is in no conversation, and its bytes. */
export function EventCard({ event, selected, onSelect, onReplay }: EventCardProps) {
  const { receivedAt, attempts, channelId, size } = event;
  const channel = useChannelsById().get(channelId ?? '');
  const connector = useConnector(event.connector);
  const when = moment(new Date(receivedAt));
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        {onSelect && (
          <Checkbox
            checked={selected}
            onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
            aria-label={text.ledger.select(when)}
          />
        )}
        <div className={classes.cardName}>
          <Text fw={600}>{channel?.name ?? connector?.label ?? event.connector}</Text>
          <Text size="sm" c="dimmed">
            {text.ledger.received} <Age at={receivedAt} /> · {fileSize(size)} · {text.ledger.attempts}: {attempts}
          </Text>
        </div>
        <Group gap="sm" wrap="nowrap">
          <RawBytes event={event} when={when} />
          {onReplay && (
            <Button size="xs" variant="default" aria-label={text.ledger.replayOf(when)} onClick={onReplay}>
              {text.ledger.replay}
            </Button>
          )}
        </Group>
      </div>
      <Reason event={event} />
    </li>
  );
}

/** Of what is shown in a conversation or on its way there is nothing to say. */
function Reason({ event: { state, reason, waiting } }: { event: InboundEvent }) {
  const unexplained = { unrouted: text.ledger.unroutedHint, quarantined: text.ledger.noReason, ignored: text.ledger.noReason };
  const said = reason ?? (waiting ? text.ledger.waitingHint : unexplained[state as keyof typeof unexplained]);
  return said ? <p className={classes.detail}>{said}</p> : null;
}

/** The bytes as they came, for admins; or that they were let go. */
function RawBytes({ event: { id, raw }, when }: { event: InboundEvent; when: string }) {
  const { role } = useMe();
  if (role !== 'admin') return null;
  if (raw === 'dropped') {
    return (
      <Text size="sm" c="dimmed" title={text.ledger.droppedHint}>
        {text.ledger.dropped}
      </Text>
    );
  }
  return (
    <Anchor size="sm" href={`/api/v1/inbound-events/${id}/raw`} download aria-label={text.ledger.rawOf(when)}>
      {raw === 'packed' ? text.ledger.rawPacked : text.ledger.raw}
    </Anchor>
  );
}
