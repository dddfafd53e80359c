import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconExternalLink } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client.js';
import type { Connector } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Refused } from '../ui/refused.js';
import { SettingsFields } from './schema-fields.js';
import classes from './settings.module.css';
import { filledValues, isRequired, openParts, type SettingsSchema, startValues } from './settings-schema.js';

/** Begins a sign-in at a provider: the browser goes there and comes back to the list of channels. */
export function useSignIn() {
  const [leaving, setLeaving] = useState(false);
  const { mutate, isPending, error } = api.useMutation('post', '/api/v1/channels/sign-in', {
    onSuccess: ({ url }) => {
      setLeaving(true);
      window.location.assign(url);
    },
  });
  return { signIn: mutate, isPending: isPending || leaving, error };
}

interface SignInFormProps {
  connector: Connector;
  provider: Connector['signIn'][number];
}

/** A channel connected by a sign-in at a provider, which names the servers and the account itself. */
export function SignInForm({ connector: { type, settingsSchema, asksAddress }, provider }: SignInFormProps) {
  const schema = untold(settingsSchema);
  const form = useForm({ initialValues: { name: '', address: '', settings: startValues(schema) } });
  const { signIn, isPending, error } = useSignIn();
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        const [name, address] = [values.name.trim(), values.address.trim()];
        const settings = filledValues(schema, values.settings);
        signIn({ body: { type, provider: provider.id, settings, ...(name && { name }), ...(address && { address }) } });
      })}
    >
      <Stack gap="md">
        <div className={classes.pair}>
          <TextInput label={text.channels.name} description={text.signIn.nameHint} {...form.getInputProps('name')} />
          {asksAddress && (
            <TextInput
              label={text.channels.address}
              description={text.signIn.addressHint(provider.label)}
              {...form.getInputProps('address')}
            />
          )}
        </div>
        <SettingsFields
          schema={schema}
          path="settings"
          inputProps={(path, options) => ({ ...form.getInputProps(path, options) })}
          choices={{}}
        />
        <Refused title={text.channels.refused} error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={isPending} rightSection={<IconExternalLink size={16} aria-hidden />}>
            {text.signIn.goOn(provider.label)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What a sign-in does not tell: servers, account and secrets come from the provider. */
function untold(schema: SettingsSchema): SettingsSchema {
  const told = ([name, part]: [string, SettingsSchema]) => part.properties || part.writeOnly || isRequired(schema, name);
  return { ...schema, properties: Object.fromEntries(openParts(schema).filter((entry) => !told(entry))) };
}

/** Whether a sign-in tells all that is needed, so that nothing has to be asked before it. */
export const signInTellsAll = ({ signIn, asksAddress, settingsSchema }: Connector): boolean =>
  signIn.length > 0 && !asksAddress && openParts(untold(settingsSchema)).length === 0;
