import { Button, Group, Modal, Progress, Switch, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconCircleCheck, IconPlayerPause } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { api } from '../api/client.js';
import { keys, refresh, useConnector } from '../api/resources.js';
import type { Channel } from '../api/shapes.js';
import { kindOf } from '../inbox/views.js';
import { text } from '../text/text.js';
import { Age } from '../ui/clock.js';
import { KindIcon } from '../ui/kind.js';
import { LinkButton } from '../ui/link-button.js';
import { noticeFailure } from '../ui/notice.js';
import { AuditLine } from './audit.js';
import { ChannelUpkeep } from './channel-upkeep.js';
import { HeldSending } from './held-sending.js';
import { Reconnect } from './reconnect.js';
import classes from './settings.module.css';

const onError = noticeFailure(text.channels.failed);
const onSuccess = () => refresh(keys.channels);

/** One channel: whether it works and since when, pause and removal. */
export function ChannelCard({ channel }: { channel: Channel }) {
  const { id, name, address, type, enabled, health } = channel;
  const connector = useConnector(type);
  const patch = api.useMutation('patch', '/api/v1/channels/{id}', { onError, onSuccess });
  return (
    <li className={classes.card}>
      <div className={classes.cardHead}>
        <KindIcon kind={kindOf(connector?.kinds)} size={20} />
        <div className={classes.cardName}>
          <Text fw={600}>{name}</Text>
          <Text size="sm" c="dimmed">
            {[connector?.label ?? type, address].filter(Boolean).join(' · ')}
          </Text>
        </div>
        <Switch
          label={text.channels.on}
          aria-label={text.channels.enabled(name)}
          checked={enabled}
          disabled={patch.isPending}
          onChange={({ currentTarget }) => patch.mutate({ params: { path: { id } }, body: { enabled: currentTarget.checked } })}
        />
        <Group gap={4}>
          <LinkButton
            to="/settings/channels/$channelId"
            params={{ channelId: id }}
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-label={text.channels.settingsOf(name)}
          >
            {text.channels.settings}
          </LinkButton>
          <RemoveChannel channel={channel} />
        </Group>
      </div>
      <Health enabled={enabled} health={health} />
      {enabled && health.sending && <HeldSending channel={channel} sending={health.sending} />}
      {enabled && (health.state === 'needs-auth' || health.action) && <Reconnect channel={channel} />}
      {enabled && health.upkeep && <ChannelUpkeep channel={channel} upkeep={health.upkeep} />}
      {enabled && connector?.audits && <AuditLine channel={channel} />}
    </li>
  );
}

function Health({ enabled, health }: { enabled: boolean; health: Channel['health'] }) {
  const { state, detail, lastEventAt, lastSyncAt, importProgress, upkeep } = health;
  return (
    <>
      <div className={classes.health}>
        {enabled ? (
          <State
            state={state}
            icon={state === 'ok' ? <IconCircleCheck size={16} aria-hidden /> : <IconAlertTriangle size={16} aria-hidden />}
          >
            {text.channels.health[state]}
          </State>
        ) : (
          <State icon={<IconPlayerPause size={16} aria-hidden />}>{text.channels.paused}</State>
        )}
        <span>
          {text.channels.lastEvent}: {lastEventAt ? <Age at={lastEventAt} /> : text.channels.never}
        </span>
        {lastSyncAt && (
          <span>
            {text.channels.lastSync}: <Age at={lastSyncAt} />
          </span>
        )}
      </div>
      {enabled && detail && state !== 'ok' && (
        <p className={classes.detail}>
          {detail}
          {state === 'needs-auth' && upkeep && ` ${text.channels.upkeep.goOn}`}
        </p>
      )}
      {importProgress && importProgress.done < importProgress.total && <Import {...importProgress} />}
    </>
  );
}

function State({ state, icon, children }: { state?: string; icon: ReactNode; children: ReactNode }) {
  return (
    <span className={classes.state} data-state={state}>
      {icon}
      {children}
    </span>
  );
}

function Import({ done, total }: { done: number; total: number }) {
  const label = text.channels.importing(done.toLocaleString(), total.toLocaleString());
  return (
    <div>
      <Text size="sm" mb={4}>
        {label}
      </Text>
      <Progress value={(100 * done) / total} aria-label={label} />
    </div>
  );
}

function RemoveChannel({ channel: { id, name } }: { channel: Channel }) {
  const [opened, { open, close }] = useDisclosure();
  const remove = api.useMutation('delete', '/api/v1/channels/{id}', { onError, onSuccess });
  return (
    <>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={open} aria-label={text.channels.removeName(name)}>
        {text.channels.remove}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={text.channels.removeTitle(name)}
        centered
        closeButtonProps={{ 'aria-label': text.cancel }}
      >
        <Text size="sm">{text.channels.removeText}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close} data-autofocus>
            {text.cancel}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate({ params: { path: { id } } })}>
            {text.channels.removeConfirm}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
