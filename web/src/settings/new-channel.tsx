import { Anchor, Radio, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useConnectors } from '../api/resources.js';
import { kindOf } from '../inbox/views.js';
import { text } from '../text/text.js';
import { KindIcon } from '../ui/kind.js';
import { Failed, Loading } from '../ui/status.js';
import { ChannelForm } from './channel-form.js';
import classes from './settings.module.css';

/** Choosing what to connect, then its form. */
export function NewChannel() {
  const connectors = useConnectors();
  const [type, setType] = useState<string | null>(null);
  if (connectors.isPending) return <Loading />;
  if (!connectors.data) return <Failed error={connectors.error} retry={connectors.refetch} />;
  const chosen = connectors.data.find((connector) => connector.type === type);
  return (
    <>
      <Anchor component={Link} to="/settings/channels" size="sm">
        {text.channels.back}
      </Anchor>
      <Title order={2} size="h4" mt="sm" mb="md">
        {text.channels.add}
      </Title>
      <Radio.Group label={text.channels.type} value={type} onChange={setType} mb="lg">
        <div className={classes.types}>
          {connectors.data.map(({ type: value, label, kinds }) => (
            <Radio.Card key={value} value={value} className={classes.type} aria-label={label}>
              <KindIcon kind={kindOf(kinds)} size={20} />
              <Text fw={600}>{label}</Text>
              <Text size="xs" c="dimmed">
                {kinds.map((kind) => text.kinds[kind]).join(', ')}
              </Text>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
      {chosen && <ChannelForm key={chosen.type} connector={chosen} />}
    </>
  );
}
