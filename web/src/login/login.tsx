import { Button, PasswordInput, TextInput } from '@mantine/core';
import { isEmail, isNotEmpty, useForm } from '@mantine/form';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { api, sessionQuery } from '../api/client.js';
import { queryClient } from '../api/query-client.js';
import { text } from '../text/text.js';
import { Refused } from '../ui/refused.js';
import { Door } from './door.js';

const route = getRouteApi('/login');

export function Login() {
  const { then } = route.useSearch();
  const { history } = useRouter();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: { email: isEmail(text.login.checks.email), password: isNotEmpty(text.login.checks.password) },
  });
  const signIn = api.useMutation('post', '/api/v1/auth/login', {
    onSuccess: (session) => {
      queryClient.setQueryData(sessionQuery.queryKey, session);
      // The dashboard of the queues is the server's own page.
      if (then?.startsWith('/admin/')) location.assign(then);
      else history.push(then ?? '/');
    },
  });
  return (
    <Door title={text.login.title} lead={text.login.lead} onSubmit={form.onSubmit((body) => signIn.mutate({ body }))}>
      <Refused error={signIn.error} />
      <TextInput label={text.login.email} type="email" autoComplete="username" autoFocus {...form.getInputProps('email')} />
      <PasswordInput label={text.login.password} autoComplete="current-password" {...form.getInputProps('password')} />
      <Button type="submit" fullWidth mt="xs" loading={signIn.isPending}>
        {text.login.submit}
      </Button>
    </Door>
  );
}
