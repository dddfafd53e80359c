import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useChannels } from '../api/resources.js';
import { text } from '../text/text.js';
import { Empty, Failed, Loading } from '../ui/status.js';
import { ChannelCard } from './channel-card.js';
import classes from './settings.module.css';

/** The connected channels and how they are. */
export function Channels() {
  const channels = useChannels();
  if (channels.isPending) return <Loading />;
  if (!channels.data) return <Failed error={channels.error} retry={channels.refetch} />;
  const add = (
    <Button component={Link} to="/settings/channels/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {text.channels.add}
    </Button>
  );
  const { items } = channels.data;
  if (!items.length) {
    return (
      <Empty title={text.channels.empty} hint={text.channels.emptyHint}>
        {add}
      </Empty>
    );
  }
  return (
    <>
      <div className={classes.intro}>
        <Text c="dimmed">{text.channels.lead}</Text>
        {add}
      </div>
      <ul className={classes.cards} aria-label={text.settings.channels}>
        {items.map((channel) => (
          <ChannelCard key={channel.id} channel={channel} />
        ))}
      </ul>
    </>
  );
}
