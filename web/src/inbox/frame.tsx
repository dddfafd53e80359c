import { ActionIcon, Drawer, Group, Indicator, Text } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconMenu2 } from '@tabler/icons-react';
import { Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { api } from '../api/client.js';
import { Problem } from '../api/problem.js';
import { LostConnection } from '../live/lost-connection.js';
import { useLive } from '../live/live.js';
import { text } from '../text/text.js';
import { Loading } from '../ui/status.js';
import { useUndeliveredCounts } from '../undelivered/use-undelivered.js';
import classes from './frame.module.css';
import { Navigation } from './navigation.js';

const roomy = '(min-width: 68.75em)';

/** What stands around every screen behind the sign-in: navigation at the side, or behind a button where there is no room. */
export function Frame() {
  const { pathname } = useLocation();
  const signedIn = useSignedIn();
  const connected = useLive();
  const beside = useMediaQuery(roomy, undefined, { getInitialValueInEffect: false });
  const [opened, { open, close }] = useDisclosure();
  useEffect(close, [pathname, close]);

  if (!signedIn) return null;
  return (
    <div className={classes.frame}>
      <a href="#content" className={classes.skip}>
        {text.nav.skip}
      </a>
      {beside ? (
        <div className={classes.side}>
          <Navigation connected={connected} />
        </div>
      ) : (
        <>
          <Group component="header" className={classes.bar} wrap="nowrap">
            <OpenNavigation onClick={open} />
            <Text fw={650} flex={1}>
              {text.product}
            </Text>
            <LostConnection connected={connected} />
          </Group>
          <Drawer.Root opened={opened} onClose={close} size={280}>
            <Drawer.Overlay />
            <Drawer.Content aria-label={text.nav.label}>
              <Navigation connected={connected} onNavigate={close} />
            </Drawer.Content>
          </Drawer.Root>
        </>
      )}
      <main id="content" tabIndex={-1} className={classes.content}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

/** Marked while replies of the agent did not arrive, which the navigation behind it tells. */
function OpenNavigation({ onClick }: { onClick: () => void }) {
  const { data: counts } = useUndeliveredCounts();
  return (
    <Indicator color="red" size={9} offset={8} disabled={!counts?.mine}>
      <ActionIcon variant="subtle" color="gray" size="lg" onClick={onClick} aria-label={text.nav.open}>
        <IconMenu2 size={20} />
      </ActionIcon>
    </Indicator>
  );
}

/** Leads to the sign-in, and back afterwards, when the session has ended. A server that is merely away ends no session. */
function useSignedIn(): boolean {
  const router = useRouter();
  const { error } = api.useQuery('get', '/api/v1/auth/me', {}, { retry: false });
  const ended = (error as unknown) instanceof Problem && (error as unknown as Problem).status === 401;
  useEffect(() => {
    if (ended) void router.navigate({ to: '/login', search: { then: router.state.location.href } });
  }, [ended, router]);
  return !ended;
}
