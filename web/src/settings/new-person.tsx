import { Button, Group, PasswordInput, Select, TextInput } from '@mantine/core';
import { hasLength, isEmail, isNotEmpty, useForm } from '@mantine/form';
import { api } from '../api/client.js';
import { keys, refresh } from '../api/resources.js';
import type { Role } from '../api/shapes.js';
import { text } from '../text/text.js';
import { noticeDone } from '../ui/notice.js';
import { Refused } from '../ui/refused.js';
import classes from './settings.module.css';

const roles: Role[] = ['agent', 'supervisor', 'admin'];

export function NewPerson({ onDone }: { onDone: () => void }) {
  const { checks } = text.login;
  const form = useForm({
    initialValues: { name: '', email: '', password: '', role: 'agent' as Role },
    validate: {
      name: isNotEmpty(text.channels.required),
      email: isEmail(checks.email),
      password: hasLength({ min: 8 }, checks.newPassword),
    },
  });
  const add = api.useMutation('post', '/api/v1/users', {
    onSuccess: async ({ name }) => {
      await refresh(keys.users);
      noticeDone(text.people.added(name));
      onDone();
    },
  });
  return (
    <form noValidate className={classes.card} style={{ marginBottom: 16 }} onSubmit={form.onSubmit((body) => add.mutate({ body }))}>
      <Refused title={text.people.refused} error={add.error} />
      <div className={classes.pair}>
        <TextInput label={text.people.name} autoFocus {...form.getInputProps('name')} />
        <TextInput label={text.people.email} type="email" {...form.getInputProps('email')} />
        <PasswordInput
          label={text.people.password}
          description={text.people.passwordHint}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <Select
          label={text.people.role}
          description={text.people.roleHints[form.values.role]}
          data={roles.map((value) => ({ value, label: text.people.roles[value] }))}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
      </div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {text.cancel}
        </Button>
        <Button type="submit" loading={add.isPending}>
          {text.people.submit}
        </Button>
      </Group>
    </form>
  );
}
