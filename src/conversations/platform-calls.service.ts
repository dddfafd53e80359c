import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Action, type Connector, ConnectorError, type Person } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Identity } from '../contacts/contact.entity.js';
import { Invalid, TooManyRequests, Unavailable } from '../errors.js';
import type { Conversation } from './conversation.entity.js';

const soonMs = 5_000;

/** What is done at a platform while the caller waits for it: no message, no queue. */
@Injectable()
export class PlatformCalls {
  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
  ) {}

  /** The channel of a conversation with its connector. Throws Invalid when nothing leaves through it. */
  async channelOf({ channelId }: Pick<Conversation, 'channelId'>): Promise<{ channel: Channel; connector: Connector }> {
    const channel = await this.database.manager.findOneByOrFail(Channel, { id: channelId });
    if (channel.removedAt)
      throw new Invalid('The channel of this conversation was removed, so nothing can leave through it. An admin can connect it again.');
    if (!channel.enabled) throw new Invalid('This channel is paused, so nothing leaves through it. An admin can switch it on again.');
    return { channel, connector: this.connectors.of(channel) };
  }

  async customerOf({ identityId }: Pick<Conversation, 'identityId'>): Promise<Person> {
    const { scope, externalId: id, name } = await this.database.manager.findOneByOrFail(Identity, { id: identityId });
    return { scope, id, name };
  }

  /** Does it, or throws a problem that says what came of it. Not to be called within a transaction. */
  async act(channel: Channel, action: Action): Promise<void> {
    try {
      await this.attempt(channel, action);
    } catch (error) {
      throw error instanceof ConnectorError ? asProblem(error) : error;
    }
  }

  private async attempt(channel: Channel, action: Action): Promise<void> {
    const { act, label } = this.connectors.of(channel);
    if (!act) throw new Invalid(`${label} cannot do that.`);
    const access = await this.channels.access(channel);
    try {
      await act(action, access);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.kind !== 'auth') throw error;
      if (this.channels.mayRenew(channel, access)) return act(action, await this.channels.access(channel));
      await this.channels.report(channel.id, 'needs-auth', error.message);
      throw error;
    }
  }
}

function asProblem({ kind, message, action, retryAfterMs = soonMs }: ConnectorError): Error {
  const words = [message, action ?? (kind === 'auth' ? 'Ask an admin to reconnect the channel.' : null)].filter(Boolean).join(' ');
  if (kind === 'rate-limited') return new TooManyRequests(words, retryAfterMs);
  if (kind === 'unavailable') return new Unavailable(words, retryAfterMs);
  return new Invalid(words);
}
