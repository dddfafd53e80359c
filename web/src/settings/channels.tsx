import { Alert, Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useChannels, useChannelsById } from '../api/resources.js';
import { text } from '../text/text.js';
import { Empty, Failed, Loading } from '../ui/status.js';
import { ChannelCard } from './channel-card.js';
import classes from './settings.module.css';

const route = getRouteApi('/app/settings/channels');

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
      <>
        <SignInOutcome />
        <Empty title={text.channels.empty} hint={text.channels.emptyHint}>
          {add}
        </Empty>
      </>
    );
  }
  return (
    <>
      <SignInOutcome />
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

/** What came of a sign-in at a provider, which sent the browser back here. */
function SignInOutcome() {
  const { connected, signInError } = route.useSearch();
  const navigate = useNavigate();
  const channel = useChannelsById().get(connected ?? '');
  if (!connected && !signInError) return null;
  return (
    <Alert
      mb="md"
      role={signInError ? 'alert' : 'status'}
      color={signInError ? 'red' : 'teal'}
      variant="light"
      title={signInError ? text.signIn.refused : channel ? text.channels.connected(channel.name) : text.signIn.connected}
      withCloseButton
      closeButtonLabel={text.composer.dismiss}
      onClose={() => void navigate({ to: '/settings/channels', replace: true })}
    >
      {signInError}
    </Alert>
  );
}
