import { Tabs, Title } from '@mantine/core';
import { IconPlugConnected, IconServerCog, IconStackPush, IconUsers } from '@tabler/icons-react';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useMe } from '../api/resources.js';
import type { Role } from '../api/shapes.js';
import { text } from '../text/text.js';
import { Empty } from '../ui/status.js';
import { LeftOutBadge } from './left-out-badge.js';
import classes from './settings.module.css';
import { useLeftOut } from './use-ledger.js';

const admins: Role[] = ['admin'];

const pages = [
  { to: '/settings/channels', label: text.settings.channels, icon: IconPlugConnected, roles: admins },
  { to: '/settings/ledger', label: text.settings.ledger, icon: IconStackPush, roles: ['admin', 'supervisor'] as Role[] },
  { to: '/settings/people', label: text.settings.people, icon: IconUsers, roles: admins },
  { to: '/settings/operations', label: text.settings.operations, icon: IconServerCog, roles: admins },
] as const;

/** What admins look after, and of it what supervisors do. */
export function Settings() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { role } = useMe();
  const leftOut = useLeftOut();
  const allowed = pages.filter(({ roles }) => roles.includes(role));
  const asked = pages.find(({ to }) => pathname.startsWith(to)) ?? pages[0];
  const current = allowed.find((page) => page === asked) ?? allowed[0];
  useEffect(() => {
    if (current && current !== asked) void navigate({ to: current.to, replace: true });
  }, [current, asked, navigate]);
  if (!current) return <Empty title={text.settings.adminsOnly} hint={text.settings.adminsOnlyHint} />;
  if (current !== asked) return null;
  return (
    <div className={classes.page}>
      <div className={classes.inner}>
        <Title order={1} size="h3" mb="sm">
          {text.settings.title}
        </Title>
        <Tabs value={current.to} onChange={(to) => void navigate({ to: to ?? pages[0].to })}>
          <Tabs.List aria-label={text.settings.label} mb="lg">
            {allowed.map(({ to, label, icon: PageIcon }) => (
              <Tabs.Tab
                key={to}
                value={to}
                leftSection={<PageIcon size={16} aria-hidden />}
                rightSection={to === '/settings/ledger' && leftOut > 0 && <LeftOutBadge count={leftOut} />}
              >
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={current.to}>
            <Outlet />
          </Tabs.Panel>
        </Tabs>
      </div>
    </div>
  );
}
