import { Avatar, Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLogout, IconUserEdit } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { api } from '../api/client.js';
import { queryClient } from '../api/query-client.js';
import { useMe } from '../api/resources.js';
import { forgetDrafts } from '../conversation/draft.js';
import { text } from '../text/text.js';
import { noticeFailure } from '../ui/notice.js';
import classes from './navigation.module.css';

const Profile = lazy(async () => ({ default: (await import('./profile.js')).Profile }));

/** Who is signed in; profile, theme and sign-out. */
export function AccountMenu() {
  const me = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const [editing, { open, close }] = useDisclosure();
  return (
    <>
      <Menu width={220} position="top-start" shadow="md">
        <Menu.Target>
          <UnstyledButton className={classes.link} w="100%">
            <Avatar size={24} name={me.name} color="river" aria-hidden />
            <span className={classes.name}>
              <span className="visually-hidden">{text.nav.account}</span> {me.name}
            </span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{me.email}</Menu.Label>
          <Menu.Item leftSection={<IconUserEdit size={16} />} onClick={open}>
            {text.nav.profile}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{text.nav.theme}</Menu.Label>
          <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
            {(['light', 'dark', 'auto'] as const).map((scheme) => (
              <Menu.RadioItem key={scheme} value={scheme}>
                {text.nav.themes[scheme]}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
            {text.nav.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {editing && (
        <Suspense>
          <Profile onClose={close} />
        </Suspense>
      )}
    </>
  );
}

function useSignOut() {
  const navigate = useNavigate();
  const { mutate } = api.useMutation('post', '/api/v1/auth/logout', {
    onSuccess: async () => {
      forgetDrafts();
      await navigate({ to: '/login' });
      queryClient.clear();
    },
    onError: noticeFailure(text.nav.signOut),
  });
  return () => mutate({});
}
