import { Button, Checkbox } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Icon, IconAlertTriangle, IconHelpCircle, IconUsersMinus } from '@tabler/icons-react';
import { useChannelsById, useMe } from '../api/resources.js';
import type { Undelivered } from '../api/shapes.js';
import { placeOf } from '../conversation/answered-message.js';
import { text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { KindIcon } from '../ui/kind.js';
import { LinkButton } from '../ui/link-button.js';
import { Confirm } from '../ui/confirm.js';
import classes from './undelivered.module.css';
import { type Decisions, type Fate, fateOf, nameOf } from './use-undelivered.js';

const icons: Record<Fate, Icon> = { failed: IconAlertTriangle, uncertain: IconHelpCircle, partial: IconUsersMinus };

interface UndeliveredRowProps {
  item: Undelivered;
  selected: boolean;
  onSelect: (on: boolean) => void;
  decisions: Decisions;
}

/** One reply that did not arrive: to whom, what, why, and what can be done. */
export function UndeliveredRow({ item, selected, onSelect, decisions }: UndeliveredRowProps) {
  const { conversation, preview, error, createdAt, troubleSince } = item;
  const fate = fateOf(item);
  const FateIcon = icons[fate];
  const name = nameOf(item);
  return (
    <li className={classes.row} data-fate={fate}>
      <Checkbox
        className={classes.box}
        checked={selected}
        onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
        aria-label={text.undelivered.select(name)}
      />
      <div className={classes.main}>
        <div className={classes.head}>
          <b>{name}</b>
          <span className={classes.fate}>
            <FateIcon size={15} aria-hidden /> {text.undelivered.fates[fate]}
          </span>
          <span className={classes.age}>
            <Age at={troubleSince ?? createdAt} />
          </span>
        </div>
        <Origin item={item} />
        <p className={classes.preview}>
          {conversation.subject && <b>{conversation.subject}: </b>}
          {preview}
        </p>
        <p className={classes.reason}>
          {error ? error.message : text.delivery.uncertainHint}
          {error?.action && <b>{error.action}</b>}
        </p>
        <Lost item={item} />
        <Actions item={item} fate={fate} name={name} decisions={decisions} />
      </div>
    </li>
  );
}

/** On which channel it was written, and by whom. */
function Origin({ item: { conversation, channelId, author } }: { item: Undelivered }) {
  const me = useMe();
  const channel = useChannelsById().get(channelId);
  const writer = author?.id === me.id ? text.undelivered.you : (author?.name ?? text.undelivered.automatic);
  return (
    <div className={classes.meta}>
      <KindIcon kind={conversation.kind} />
      <span>
        {text.list.kinds[conversation.kind]}
        {channel && ` · ${channel.name}`} · {text.conversation.number(conversation.number)} · {text.undelivered.writtenBy(writer)}
      </span>
    </div>
  );
}

/** Who did not get it, where that is more than the reason tells. */
function Lost({ item: { recipients } }: { item: Undelivered }) {
  const lost = recipients.filter(({ state }) => state === 'refused' || state === 'failed');
  if (lost.length < 2) return null;
  return (
    <ul className={classes.lost} aria-label={text.delivery.recipients}>
      {lost.map(({ recipient, state, message }) => (
        <li key={recipient}>
          <b>{recipient}</b> {text.delivery.fates[state]}
          {message && `: ${message}`}
        </li>
      ))}
    </ul>
  );
}

interface ActionsProps {
  item: Undelivered;
  fate: Fate;
  name: string;
  decisions: Decisions;
}

function Actions({ item: { id, messageId, conversationId }, fate, name, decisions: { retry, dismiss, isPending } }: ActionsProps) {
  const [asking, { open, close }] = useDisclosure();
  return (
    <div className={classes.actions}>
      <Button size="xs" variant="default" disabled={isPending} onClick={fate === 'uncertain' ? open : () => retry([id])}>
        {fate === 'partial' ? text.delivery.againToThem : text.delivery.again}
      </Button>
      <LinkButton
        size="xs"
        variant="default"
        to="/inbox/$view/$conversationId"
        params={{ view: 'all', conversationId }}
        hash={placeOf(messageId)}
        aria-label={text.undelivered.openOf(name)}
      >
        {text.undelivered.open}
      </LinkButton>
      <Button
        size="xs"
        variant="subtle"
        color="gray"
        disabled={isPending}
        title={text.undelivered.dismissHint}
        onClick={() => dismiss([id])}
      >
        {text.undelivered.dismiss}
      </Button>
      <Confirm
        opened={asking}
        title={text.undelivered.twiceTitle(name)}
        text={text.undelivered.twiceText}
        confirm={text.undelivered.twiceConfirm}
        onConfirm={() => retry([id])}
        onClose={close}
      />
    </div>
  );
}
