import { Alert, Anchor, Badge, Button, Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { SignInItem, SignInOutcome } from '../api/shapes.js';
import { plural, text } from '../text/text.js';
import { LinkButton } from '../ui/link-button.js';
import { Refused } from '../ui/refused.js';
import { Empty, Failed, Loading } from '../ui/status.js';
import classes from './settings.module.css';

const route = getRouteApi('/app/settings/channels/choose');

/** Which of the accounts that a sign-in opens are to be connected. */
export function ChooseAccounts() {
  const { signIn: state } = route.useSearch();
  const which = { params: { path: { state } } };
  const choice = api.useQuery('get', '/api/v1/channels/sign-in/{state}', which, { staleTime: 0, gcTime: 0, retry: false });
  if (choice.isPending) return <Loading />;
  if (!choice.data) {
    return (
      <>
        <Failed error={choice.error} retry={choice.refetch} />
        <Group justify="center">
          <LinkButton to="/settings/channels/new">{text.signIn.again}</LinkButton>
        </Group>
      </>
    );
  }
  return (
    <>
      <Anchor component={Link} to="/settings/channels" size="sm">
        {text.channels.back}
      </Anchor>
      <Title order={2} size="h4" mt="sm">
        {text.signIn.choose.title}
      </Title>
      <Text c="dimmed" mb="md">
        {text.signIn.choose.lead}
      </Text>
      <Choice state={state} items={choice.data.items} />
    </>
  );
}

const canConnect = ({ usable, connected }: SignInItem) => usable && !connected;

function Choice({ state, items }: { state: string; items: SignInItem[] }) {
  const free = items.filter(canConnect);
  const [chosen, setChosen] = useState(() => (free.length === 1 ? free.map(({ externalId }) => externalId) : []));
  const { mutate, isPending, data, error } = api.useMutation('post', '/api/v1/channels/sign-in/{state}', {
    onSuccess: () => refresh(keys.channels),
  });
  if (data) return <Outcomes outcomes={data.items} items={items} />;
  if (!items.length) {
    return (
      <Empty title={text.signIn.choose.none} hint={text.signIn.choose.noneHint}>
        <LinkButton to="/settings/channels/new">{text.signIn.again}</LinkButton>
      </Empty>
    );
  }
  return (
    <Stack gap="md">
      <Checkbox.Group value={chosen} onChange={setChosen} aria-label={text.signIn.choose.accounts}>
        <Stack gap="sm">
          {items.map((item) => (
            <Account key={item.externalId} item={item} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Refused title={text.channels.refused} error={error} />
      <Group justify="flex-end">
        <Button
          disabled={!chosen.length}
          loading={isPending}
          onClick={() => mutate({ params: { path: { state } }, body: { externalIds: chosen } })}
        >
          {chosen.length ? plural(chosen.length, text.signIn.choose.connect) : text.signIn.choose.connectNone}
        </Button>
      </Group>
    </Stack>
  );
}

/** One account: what it is, and what its sign-in lacks, in plain words. */
function Account({ item }: { item: SignInItem }) {
  const { externalId, label, address, usable, missing, connected } = item;
  const about = useId();
  return (
    <div className={classes.account}>
      <Checkbox
        value={externalId}
        disabled={!canConnect(item)}
        label={label}
        classNames={{ label: classes.accountName }}
        aria-describedby={about}
      />
      <div id={about} className={classes.accountFacts}>
        <Text c="dimmed">{address}</Text>
        {connected && (
          <Badge variant="light" color="teal" tt="none" leftSection={<IconCircleCheck size={13} aria-hidden />}>
            {text.signIn.choose.connected}
          </Badge>
        )}
        {!usable && (
          <Badge variant="light" color="red" tt="none" leftSection={<IconCircleX size={13} aria-hidden />}>
            {text.signIn.choose.unusable}
          </Badge>
        )}
        {missing.length > 0 && (
          <ul className={classes.complaints} aria-label={text.signIn.choose.missing}>
            {missing.map((what) => (
              <li key={what}>
                <IconAlertTriangle size={15} aria-hidden /> {what}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

/** What became of each account that was chosen. */
function Outcomes({ outcomes, items }: { outcomes: SignInOutcome[]; items: SignInItem[] }) {
  const labels = new Map(items.map(({ externalId, label }) => [externalId, label]));
  return (
    <Stack gap="sm">
      <Stack gap="sm" role="status" aria-label={text.signIn.choose.results}>
        {outcomes.map(({ externalId, channel, error }) => (
          <Alert
            key={externalId}
            variant="light"
            color={channel ? 'teal' : 'red'}
            icon={channel ? <IconCircleCheck aria-hidden /> : <IconCircleX aria-hidden />}
            title={`${labels.get(externalId) ?? externalId}: ${channel ? text.signIn.choose.done : text.signIn.choose.failed}`}
          >
            {error}
          </Alert>
        ))}
      </Stack>
      <Group>
        <LinkButton to="/settings/channels">{text.signIn.choose.toChannels}</LinkButton>
      </Group>
    </Stack>
  );
}
