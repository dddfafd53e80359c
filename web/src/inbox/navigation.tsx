import { Group, Text } from '@mantine/core';
import {
  type Icon,
  IconArchive,
  IconHourglass,
  IconInbox,
  IconSettings,
  IconStack2,
  IconUser,
  IconUserQuestion,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useChannels, useConnectors } from '../api/resources.js';
import { LeftOutBadge } from '../settings/left-out-badge.js';
import { useLeftOut } from '../settings/use-ledger.js';
import { LostConnection } from '../live/lost-connection.js';
import { text } from '../text/text.js';
import { KindIcon } from '../ui/kind.js';
import { AccountMenu } from './account-menu.js';
import classes from './navigation.module.css';
import { UndeliveredLink } from './undelivered-link.js';
import { kindOf, type ListSearch, type View, views } from './views.js';

const icons: Record<View, Icon> = {
  open: IconInbox,
  mine: IconUser,
  unassigned: IconUserQuestion,
  pending: IconHourglass,
  closed: IconArchive,
  all: IconStack2,
};

/** The way to every list and to the settings. */
export function Navigation({ connected, onNavigate }: { connected: boolean; onNavigate?: () => void }) {
  const leftOut = useLeftOut();
  return (
    <nav className={classes.nav} aria-label={text.nav.label}>
      <Group className={classes.brand} gap={8} wrap="nowrap">
        <img src="/favicon.svg" alt="" width={24} height={24} />
        <Text fw={650}>{text.product}</Text>
      </Group>
      <div className={classes.scroll}>
        <ul className={classes.list}>
          {(Object.keys(views) as View[]).map((view) => {
            const ViewIcon = icons[view];
            return (
              <ListLink
                key={view}
                view={view}
                search={{ channel: undefined }}
                onNavigate={onNavigate}
                icon={<ViewIcon size={18} aria-hidden />}
              >
                {text.views[view]}
              </ListLink>
            );
          })}
          <li>
            <UndeliveredLink onNavigate={onNavigate} />
          </li>
        </ul>
        <ChannelLinks onNavigate={onNavigate} />
      </div>
      <div className={classes.foot}>
        <LostConnection connected={connected} />
        <Link to="/settings" className={classes.link} onClick={onNavigate}>
          <IconSettings size={18} aria-hidden />
          <span className={classes.name}>{text.nav.settings}</span>
          {leftOut > 0 && <LeftOutBadge count={leftOut} />}
        </Link>
        <AccountMenu />
      </div>
    </nav>
  );
}

function ChannelLinks({ onNavigate }: { onNavigate?: () => void }) {
  const { data: channels } = useChannels();
  const { data: connectors } = useConnectors();
  if (!channels?.items.length) return null;
  return (
    <>
      <h2 className={classes.heading}>{text.nav.channels}</h2>
      <ul className={classes.list}>
        {channels.items.map(({ id, name, type, health, enabled }) => (
          <ListLink
            key={id}
            view="open"
            search={{ channel: id }}
            onNavigate={onNavigate}
            icon={<KindIcon kind={kindOf(connectors?.find((connector) => connector.type === type)?.kinds)} size={18} />}
          >
            <span className={classes.name}>{name}</span>
            {enabled && health.state !== 'ok' && (
              <span
                className={classes.trouble}
                role="img"
                aria-label={text.channels.health[health.state]}
                title={text.channels.health[health.state]}
              />
            )}
          </ListLink>
        ))}
      </ul>
    </>
  );
}

interface ListLinkProps {
  view: View;
  search: ListSearch;
  icon: ReactNode;
  children: ReactNode;
  onNavigate?: () => void;
}

function ListLink({ view, search, icon, children, onNavigate }: ListLinkProps) {
  return (
    <li>
      <Link
        to="/inbox/$view"
        params={{ view }}
        search={search}
        className={classes.link}
        activeOptions={{ explicitUndefined: true }}
        onClick={onNavigate}
      >
        {icon}
        {children}
      </Link>
    </li>
  );
}
