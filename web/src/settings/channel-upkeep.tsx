import { Button, Group, Progress, Text } from '@mantine/core';
import { IconAlertTriangle, IconCalendarClock, IconClockBolt, IconPlug, IconPlugX, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Channel } from '../api/shapes.js';
import { ago, duration, percent, plural, text } from '../text/text.js';
import { Age, useNow } from '../ui/clock.js';
import { noticeFailure } from '../ui/notice.js';
import classes from './settings.module.css';

type Upkeep = NonNullable<Channel['health']['upkeep']>;

const dayMs = 86_400_000;
/** From here on somebody should sign in again before it is too late. */
const soonDays = 10;
/** From here on the platform may soon refuse calls. */
const muchUsed = 0.8;

/** How a connected account is doing at its platform: what was found when it was last asked, and asking again. */
export function ChannelUpkeep({ channel, upkeep }: { channel: Channel; upkeep: Upkeep }) {
  const { id, name, health } = channel;
  const check = api.useMutation('post', '/api/v1/channels/{id}/check', {
    onSuccess: () => refresh(keys.channels),
    onError: noticeFailure(text.channels.upkeep.checkFailed),
  });
  return (
    <>
      <div className={classes.health}>
        <SignedIn expiresAt={upkeep.expiresAt} refused={health.state === 'needs-auth'} />
        <Fact tone={upkeep.subscribed ? undefined : 'bad'} icon={upkeep.subscribed ? <IconPlug size={15} /> : <IconPlugX size={15} />}>
          {upkeep.subscribed ? text.channels.upkeep.subscribed : text.channels.upkeep.unsubscribed}
        </Fact>
        {health.lagMs !== null && <Fact icon={<IconClockBolt size={15} />}>{text.channels.upkeep.lag(duration(health.lagMs))}</Fact>}
      </div>
      {upkeep.usage && <Usage usage={upkeep.usage} />}
      {upkeep.complaints.length > 0 && (
        <ul className={classes.complaints} aria-label={text.channels.upkeep.complaints}>
          {upkeep.complaints.map((complaint) => (
            <li key={complaint}>
              <IconAlertTriangle size={15} aria-hidden /> {complaint}
            </li>
          ))}
        </ul>
      )}
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {text.channels.upkeep.checked}: <Age at={upkeep.at} />
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={check.isPending}
          aria-label={text.channels.upkeep.checkName(name)}
          onClick={() => check.mutate({ params: { path: { id } } })}
        >
          {text.channels.upkeep.check}
        </Button>
      </Group>
    </>
  );
}

/** Until when the sign-in is good; `refused` when the platform no longer takes it whatever it said before. */
function SignedIn({ expiresAt, refused }: { expiresAt: string | null; refused: boolean }) {
  const now = useNow();
  const icon = <IconCalendarClock size={15} />;
  if (refused) {
    return (
      <Fact icon={icon} tone="bad">
        {text.channels.upkeep.refused}
      </Fact>
    );
  }
  if (!expiresAt) return <Fact icon={icon}>{text.channels.upkeep.noExpiry}</Fact>;
  const left = Math.floor((Date.parse(expiresAt) - now.getTime()) / dayMs);
  if (left < 0) {
    return (
      <Fact icon={icon} tone="bad">
        {text.channels.upkeep.expired}
      </Fact>
    );
  }
  return (
    <Fact icon={icon} tone={left <= soonDays ? 'warn' : undefined}>
      {plural(left, text.channels.upkeep.daysLeft)}
    </Fact>
  );
}

function Fact({ icon, tone, children }: { icon: ReactNode; tone?: 'warn' | 'bad'; children: ReactNode }) {
  return (
    <span className={classes.fact} data-tone={tone}>
      {icon} {children}
    </span>
  );
}

function Usage({ usage: { share, regainAt } }: { usage: NonNullable<Upkeep['usage']> }) {
  const now = useNow();
  const label = text.channels.upkeep.usage(percent(share));
  return (
    <div>
      <Text size="sm" mb={4}>
        {label} {regainAt && text.channels.upkeep.regain(ago(new Date(regainAt), now))}
      </Text>
      <Progress value={100 * share} color={share >= muchUsed ? 'orange' : undefined} aria-label={label} />
    </div>
  );
}
