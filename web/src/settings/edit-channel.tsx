import { Anchor, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { api } from '../api/client.js';
import { keys, refresh, useConnector, useConnectors } from '../api/resources.js';
import type { ChannelWithSettings, Connector } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeDone } from '../ui/notice.js';
import { Refused } from '../ui/refused.js';
import { Failed, Loading } from '../ui/status.js';
import { SettingsFields } from './schema-fields.js';
import classes from './settings.module.css';
import type { SettingsSchema, Values } from './settings-schema.js';
import { useSignIn } from './sign-in.js';
import { useChannelForm } from './use-channel-form.js';

const route = getRouteApi('/app/settings/channels/$channelId');

/** A connected channel's name and settings; passwords left blank stay as they are. */
export function EditChannel() {
  const { channelId } = route.useParams();
  // Settings hold what may have changed elsewhere, e.g. a renewed sign-in, so they are asked for at each visit.
  const channel = api.useQuery('get', '/api/v1/channels/{id}', { params: { path: { id: channelId } } }, { staleTime: 0, gcTime: 0 });
  const connectors = useConnectors();
  const connector = useConnector(channel.data?.type);
  if (channel.isPending || connectors.isPending) return <Loading />;
  if (!channel.data || !connector) {
    return <Failed error={channel.error ?? connectors.error} retry={() => Promise.all([channel.refetch(), connectors.refetch()])} />;
  }
  return (
    <>
      <Anchor component={Link} to="/settings/channels" size="sm">
        {text.channels.back}
      </Anchor>
      <Title order={2} size="h4" mt="sm" mb="md">
        {channel.data.name}
      </Title>
      <SettingsForm key={channelId} channel={channel.data} connector={connector} />
    </>
  );
}

function SettingsForm({ channel, connector }: { channel: ChannelWithSettings; connector: Connector }) {
  const { id, name, settings: stored } = channel;
  const navigate = useNavigate();
  const schema = connector.settingsSchema as SettingsSchema;
  const { form, settings, showFaults } = useChannelForm(schema, { name, asksAddress: false, stored });
  const save = api.useMutation('patch', '/api/v1/channels/{id}', {
    onError: showFaults,
    onSuccess: async () => {
      await refresh(keys.channels);
      noticeDone(text.channels.saved);
      await navigate({ to: '/settings/channels' });
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        save.mutate({ params: { path: { id } }, body: { name: values.name.trim(), settings: settings(values.settings) } }),
      )}
    >
      <Stack gap="md">
        <SignedIn channel={channel} connector={connector} />
        <TextInput label={text.channels.name} description={text.channels.nameHint} withAsterisk {...form.getInputProps('name')} />
        <Text c="dimmed">{text.channels.secretsStay}</Text>
        <SettingsFields
          schema={schema}
          path="settings"
          inputProps={(path, options) => ({ ...form.getInputProps(path, options) })}
          choices={{}}
        />
        <Refused title={text.channels.failed} error={save.error} />
        <Group justify="flex-end">
          <Button component={Link} to="/settings/channels" variant="default">
            {text.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {text.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** At which provider the account was signed in to, where it was. */
function SignedIn({ channel: { id, type, settings }, connector }: { channel: ChannelWithSettings; connector: Connector }) {
  const { signIn, isPending, error } = useSignIn();
  const held = Object.values(settings).map((part) => (part as Values | null)?.provider);
  const provider = connector.signIn.find((offered) => held.includes(offered.id));
  if (!provider) return null;
  return (
    <>
      <Group className={classes.detail} justify="space-between">
        <Text>{text.signIn.signedIn(provider.label)}</Text>
        <Button
          size="compact-sm"
          variant="default"
          loading={isPending}
          onClick={() => signIn({ body: { type, provider: provider.id, channelId: id } })}
        >
          {text.signIn.again}
        </Button>
      </Group>
      <Refused error={error} />
    </>
  );
}
