import { type DataSource, IsNull } from 'typeorm';
import { ChannelCircuit } from '../channels/channel-circuit.entity.js';
import { Channel, type HealthState } from '../channels/channel.entity.js';
import { type Sample, secondsSince, type Source } from './figures.js';

const states: HealthState[] = ['ok', 'degraded', 'needs-auth', 'down'];

type Name =
  | 'channels'
  | 'channel_health'
  | 'channel_enabled'
  | 'channel_last_event_age_seconds'
  | 'channel_last_sync_age_seconds'
  | 'channel_last_lag_seconds'
  | 'channel_sending_held'
  | 'channel_sending_failures'
  | 'channel_import_done'
  | 'channel_import_total';

/** How each connected account is doing. There are few of them, so each is told by its id. */
export function channelFigures(database: DataSource): Source<Name> {
  const each = ['channel', 'type'];
  return {
    dependency: 'database',
    figures: {
      channels: ['Connected channels by health', 'type', 'state'],
      channel_health: ['1 for the state a channel is in, 0 for the others', ...each, 'state'],
      channel_enabled: ['0 for a channel that an admin switched off', ...each],
      channel_last_event_age_seconds: ['Since when nothing came in', ...each],
      channel_last_sync_age_seconds: ['Since when a mailbox has not been read to its end', ...each],
      channel_last_lag_seconds: ['How long the last event took from the platform to us', ...each],
      channel_sending_held: ['1 while replies are held because its platform refuses or does not answer', ...each],
      channel_sending_failures: ['Attempts to send that failed one after another, for reasons that are not the message', ...each],
      channel_import_done: ['Messages of an import that are here', ...each],
      channel_import_total: ['Messages of an import', ...each],
    },
    async read() {
      const channels = await database.manager.findBy(Channel, { removedAt: IsNull() });
      const circuits = new Map((await database.manager.find(ChannelCircuit)).map((circuit) => [circuit.channelId, circuit]));
      return [...counts(channels), ...channels.flatMap((channel) => figuresOf(channel, circuits.get(channel.id)))];
    },
  };
}

function counts(channels: Channel[]): Sample<Name>[] {
  return [...Map.groupBy(channels, ({ type }) => type)].flatMap(([type, all]) =>
    states.map((state): Sample<Name> => ['channels', all.filter(({ healthState }) => healthState === state).length, type, state]),
  );
}

function figuresOf(channel: Channel, circuit: ChannelCircuit | undefined): Sample<Name>[] {
  const { id, type, lastEventAt, lastSyncAt, lastLagMs, importDone, importTotal } = channel;
  const known: Array<[Name, number | null]> = [
    ['channel_enabled', Number(channel.enabled)],
    ['channel_last_event_age_seconds', lastEventAt && secondsSince(lastEventAt)],
    ['channel_last_sync_age_seconds', lastSyncAt && secondsSince(lastSyncAt)],
    ['channel_last_lag_seconds', lastLagMs === null ? null : lastLagMs / 1000],
    ['channel_sending_held', Number(Boolean(circuit?.openUntil))],
    ['channel_sending_failures', circuit?.failures ?? 0],
    ['channel_import_done', importDone],
    ['channel_import_total', importTotal],
  ];
  return [
    ...states.map((state): Sample<Name> => ['channel_health', Number(channel.healthState === state), id, type, state]),
    ...known.flatMap(([name, value]): Sample<Name>[] => (value === null ? [] : [[name, value, id, type]])),
  ];
}
