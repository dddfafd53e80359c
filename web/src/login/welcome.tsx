import { Button, PasswordInput, TextInput } from '@mantine/core';
import { hasLength, isEmail, isNotEmpty, useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { api, sessionQuery } from '../api/client.js';
import { queryClient } from '../api/query-client.js';
import { text } from '../text/text.js';
import { Refused } from '../ui/refused.js';
import { Door } from './door.js';

/** The first visit: nobody has an account yet, and whoever comes first becomes the admin. */
export function Welcome() {
  const navigate = useNavigate();
  const { checks } = text.login;
  const form = useForm({
    initialValues: { name: '', email: '', password: '' },
    validate: { name: isNotEmpty(checks.name), email: isEmail(checks.email), password: hasLength({ min: 8 }, checks.newPassword) },
  });
  const setup = api.useMutation('post', '/api/v1/auth/setup', {
    onSuccess: (session) => {
      queryClient.setQueryData(sessionQuery.queryKey, session);
      return navigate({ to: '/' });
    },
  });
  return (
    <Door title={text.login.setupTitle} lead={text.login.setupLead} onSubmit={form.onSubmit((body) => setup.mutate({ body }))}>
      <Refused error={setup.error} />
      <TextInput label={text.login.name} autoComplete="name" autoFocus {...form.getInputProps('name')} />
      <TextInput label={text.login.email} type="email" autoComplete="username" {...form.getInputProps('email')} />
      <PasswordInput
        label={text.login.newPassword}
        description={text.login.passwordHint}
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
      <Button type="submit" fullWidth mt="xs" loading={setup.isPending}>
        {text.login.setupSubmit}
      </Button>
    </Door>
  );
}
