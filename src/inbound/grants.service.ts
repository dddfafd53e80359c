import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Notice, WebhookSource } from '#libs/connector';
import { Channel, DataDeletion } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { NotFound } from '../errors.js';

const takenBack = 'The person who connected this account took the permission back at the platform. Sign in again.';

/** What people grant us at a platform, and take back there. */
@Injectable()
export class Grants {
  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
  ) {}

  /** The channels that somebody's permission holds up need another one. */
  async takenBack(source: WebhookSource, { userId }: Notice): Promise<void> {
    for (const channel of await this.grantedBy(this.connectors.sharing(source), userId))
      await this.channels.report(channel.id, 'needs-auth', takenBack);
  }

  /** Notes the wish, and resolves with the code under which its fate can be seen. */
  async wishDeletion(source: WebhookSource, { userId }: Notice): Promise<string> {
    const code = randomBytes(16).toString('base64url');
    const [connector] = this.connectors.sharing(source);
    const row = { code, connector: connector!, userId, requestedAt: new Date(), doneAt: null, outcome: null };
    await this.database.manager.insert(DataDeletion, row);
    return code;
  }

  /** Throws NotFound for a code that nobody was given. */
  async deletion(code: string): Promise<DataDeletion> {
    const found = await this.database.manager.findOneBy(DataDeletion, { code });
    if (!found) throw new NotFound('There is no such request.');
    return found;
  }

  /** The channels, of these connectors, that somebody's permission holds up. */
  async grantedBy(types: string[], userId: string): Promise<Channel[]> {
    const channels = (await this.channels.list()).filter(({ type }) => types.includes(type));
    const granters = await Promise.all(
      channels.map(async (channel) => this.connectors.of(channel).grantedBy?.((await this.channels.stored(channel)).settings) ?? null),
    );
    // Where an account signs in by itself, it may be named by its own id.
    return channels.filter(({ externalId }, index) => granters[index] === userId || externalId === userId);
  }
}
