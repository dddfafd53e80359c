import { Anchor, Radio, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useConnectors } from '../api/resources.js';
import type { Connector } from '../api/shapes.js';
import { kindOf } from '../inbox/views.js';
import { text } from '../text/text.js';
import { KindIcon } from '../ui/kind.js';
import { Failed, Loading } from '../ui/status.js';
import { ChannelForm } from './channel-form.js';
import { ConnectBySignIn } from './connect-by-sign-in.js';
import classes from './settings.module.css';
import { SignInForm, signInTellsAll } from './sign-in.js';

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
      <Cards label={text.channels.type} value={type} onChange={setType}>
        {connectors.data.map(({ type: value, label, kinds }) => (
          <Radio.Card key={value} value={value} className={classes.type} aria-label={label}>
            <KindIcon kind={kindOf(kinds)} size={20} />
            <Text fw={600}>{label}</Text>
            <Text size="xs" c="dimmed">
              {kinds.map((kind) => text.kinds[kind]).join(', ')}
            </Text>
          </Radio.Card>
        ))}
      </Cards>
      {chosen && (signInTellsAll(chosen) ? <ConnectBySignIn connector={chosen} /> : <Connecting key={chosen.type} connector={chosen} />)}
    </>
  );
}

const byHand = 'by-hand';

/** By a sign-in at a provider, where the installation offers it, else with everything typed in. */
function Connecting({ connector }: { connector: Connector }) {
  const { signIn } = connector;
  const [way, setWay] = useState<string | null>(signIn.length ? null : byHand);
  const provider = signIn.find(({ id }) => id === way);
  return (
    <>
      {signIn.length > 0 && (
        <Cards label={text.signIn.how} value={way} onChange={setWay}>
          {[...signIn.map(({ id, label }) => [id, text.signIn.at(label)] as const), [byHand, text.signIn.byHand] as const].map(
            ([id, label]) => (
              <Radio.Card key={id} value={id} className={classes.type} aria-label={label}>
                <Text fw={600}>{label}</Text>
              </Radio.Card>
            ),
          )}
        </Cards>
      )}
      {provider && <SignInForm key={provider.id} connector={connector} provider={provider} />}
      {way === byHand && <ChannelForm connector={connector} />}
    </>
  );
}

interface CardsProps {
  label: string;
  value: string | null;
  onChange: (value: string) => void;
  children: ReactNode;
}

function Cards({ label, value, onChange, children }: CardsProps) {
  return (
    <Radio.Group label={label} value={value} onChange={onChange} mb="lg">
      <div className={classes.types}>{children}</div>
    </Radio.Group>
  );
}
