import { Tabs, Title } from '@mantine/core';
import { IconPlugConnected, IconStackPush, IconUsers } from '@tabler/icons-react';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useMe } from '../api/resources.js';
import { text } from '../text/text.js';
import { Empty } from '../ui/status.js';
import classes from './settings.module.css';

const pages = [
  { to: '/settings/channels', label: text.settings.channels, icon: IconPlugConnected },
  { to: '/settings/ledger', label: text.settings.ledger, icon: IconStackPush },
  { to: '/settings/people', label: text.settings.people, icon: IconUsers },
] as const;

/** What admins look after. */
export function Settings() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { role } = useMe();
  if (role !== 'admin') return <Empty title={text.settings.adminsOnly} hint={text.settings.adminsOnlyHint} />;
  const current = pages.find(({ to }) => pathname.startsWith(to))?.to ?? pages[0].to;
  return (
    <div className={classes.page}>
      <div className={classes.inner}>
        <Title order={1} size="h3" mb="sm">
          {text.settings.title}
        </Title>
        <Tabs value={current} onChange={(to) => void navigate({ to: to ?? pages[0].to })}>
          <Tabs.List aria-label={text.settings.label} mb="lg">
            {pages.map(({ to, label, icon: PageIcon }) => (
              <Tabs.Tab key={to} value={to} leftSection={<PageIcon size={16} aria-hidden />}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={current}>
            <Outlet />
          </Tabs.Panel>
        </Tabs>
      </div>
    </div>
  );
}
