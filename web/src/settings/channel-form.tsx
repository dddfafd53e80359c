import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../api/client.js';
import { Problem } from '../api/problem.js';
import { keys, refresh } from '../api/resources.js';
import type { Connector } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeDone } from '../ui/notice.js';
import { Refused } from '../ui/refused.js';
import { ChannelChecks } from './channel-checks.js';
import { SchemaFields } from './schema-fields.js';
import classes from './settings.module.css';
import { filledValues, missingPaths, type SettingsSchema, startValues } from './settings-schema.js';

/** Drawn from the connector's settings schema; the settings can be tried out before they are kept. */
export function ChannelForm({ connector: { type, settingsSchema, asksAddress } }: { connector: Connector }) {
  const schema = settingsSchema as SettingsSchema;
  const form = useForm({
    initialValues: { name: '', address: '', settings: startValues(schema) },
    validate: ({ name, address, settings }) => {
      const unnamed = [...(name.trim() ? [] : ['name']), ...(asksAddress && !address.trim() ? ['address'] : [])];
      const missing = [...unnamed, ...missingPaths(schema, settings, 'settings')];
      return Object.fromEntries(missing.map((path) => [path, text.channels.required]));
    },
  });
  const { test, create } = useChannelCalls(form.setErrors);
  const withValues = (call: typeof create.mutate | typeof test.mutate) =>
    form.onSubmit(({ name, address, settings }) => {
      test.reset();
      create.reset();
      const body = {
        type,
        name: name.trim(),
        settings: filledValues(schema, settings),
        ...(address.trim() && { address: address.trim() }),
      };
      call({ body });
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
        <SchemaFields schema={schema} path="settings" inputProps={(path, options) => ({ ...form.getInputProps(path, options) })} />
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

function useChannelCalls(showErrors: (errors: Record<string, string>) => void) {
  const navigate = useNavigate();
  const onError = (error: unknown) => {
    if (error instanceof Problem) showErrors(Object.fromEntries(error.errors.map(({ path, message }) => [path, message])));
  };
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
