import { useForm } from '@mantine/form';
import { Problem } from '../api/problem.js';
import { text } from '../text/text.js';
import { filledValues, missingPaths, type SettingsSchema, startValues, type Values } from './settings-schema.js';

interface Begin {
  name: string;
  asksAddress: boolean;
  /** The settings as they are stored, without secrets; absent for a channel that is not there yet. */
  stored?: Values;
}

/** The values of a channel's form, drawn from its connector's settings schema, checked before they are sent. */
export function useChannelForm(schema: SettingsSchema, { name, asksAddress, stored }: Begin) {
  const form = useForm({
    initialValues: { name, address: '', settings: startValues(schema, stored) },
    validate: (values) => {
      const unnamed = [...(values.name.trim() ? [] : ['name']), ...(asksAddress && !values.address.trim() ? ['address'] : [])];
      const missing = [...unnamed, ...missingPaths(schema, values.settings, 'settings', stored)];
      return Object.fromEntries(missing.map((path) => [path, text.channels.required]));
    },
  });
  /** The server names the faulty settings as the form does. */
  const showFaults = (error: unknown) => {
    if (error instanceof Problem) form.setErrors(Object.fromEntries(error.errors.map(({ path, message }) => [path, message])));
  };
  return { form, settings: (values: Values) => filledValues(schema, values, stored), showFaults };
}
