import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Connector } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeDone } from '../ui/notice.js';
import { Refused } from '../ui/refused.js';
import { ChannelChecks } from './channel-checks.js';
import { SettingsFields } from './schema-fields.js';
import classes from './settings.module.css';
import type { SettingsSchema } from './settings-schema.js';
import { useChannelForm } from './use-channel-form.js';

/** Drawn from the connector's settings schema; the settings can be tried out before they are kept. */
export function ChannelForm({ connector: { type, settingsSchema, asksAddress } }: { connector: Connector }) {
  const schema = settingsSchema as SettingsSchema;
  const { form, settings, showFaults } = useChannelForm(schema, { name: '', asksAddress });
  const { test, create } = useChannelCalls(showFaults);
  const withValues = (call: typeof create.mutate | typeof test.mutate) =>
    form.onSubmit((values) => {
      test.reset();
      create.reset();
      const [name, address] = [values.name.trim(), values.address.trim()];
      call({ body: { type, name, settings: settings(values.settings), ...(address && { address }) } });
    });

  return (
    <form noValidate onSubmit={withValues(create.mutate)}>
      <Stack gap="md">
        <div className={classes.pair}>
          <TextInput label={text.channels.name} description={text.channels.nameHint} withAsterisk {...form.getInputProps('name')} />
          {asksAddress && (
            <TextInput
              label={text.channels.address}
              description={text.channels.addressHint}
              withAsterisk
              {...form.getInputProps('address')}
            />
          )}
        </div>
        <SettingsFields
          schema={schema}
          path="settings"
          inputProps={(path, options) => ({ ...form.getInputProps(path, options) })}
          choices={test.data?.choices ?? {}}
        />
        <div aria-live="polite">
          <Refused title={text.channels.testFailed} error={test.error} />
          <Refused title={text.channels.refused} error={create.error} />
          {test.data && <ChannelChecks result={test.data} />}
        </div>
        <Group justify="flex-end">
          <Button variant="default" loading={test.isPending} onClick={() => withValues(test.mutate)()}>
            {text.channels.test}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {text.channels.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function useChannelCalls(onError: (error: unknown) => void) {
  const navigate = useNavigate();
  const test = api.useMutation('post', '/api/v1/channels/test', { onError });
  const create = api.useMutation('post', '/api/v1/channels', {
    onError,
    onSuccess: async ({ name }) => {
      await refresh(keys.channels);
      noticeDone(text.channels.connected(name));
      await navigate({ to: '/settings/channels' });
    },
  });
  return { test, create };
}
