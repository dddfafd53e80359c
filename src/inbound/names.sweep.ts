import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, In, IsNull, MoreThan } from 'typeorm';
import type { Person } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Connectors } from '../connectors.js';
import { Identity } from '../contacts/contact.entity.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { Message } from '../conversations/message.entity.js';
import { Post } from '../conversations/post.entity.js';
import { Repeating } from '../queue/repeating.js';
import { Names } from './names.service.js';

const everyMs = 30_000;
const recentMs = 86_400_000;
const batch = 20;

/** Asks for people and posts that nobody was asked about yet: in a burst, and while a channel needs a sign-in, questions are left out. */
@Injectable()
export class NamesSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('names', everyMs, () => this.sweep());

  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    private readonly names: Names,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    const types = this.connectors.all().flatMap(({ type, whoIs, postOf, timeOf }) => (whoIs || postOf || timeOf ? type : []));
    for (const channel of await this.database.manager.findBy(Channel, { type: In(types), enabled: true, removedAt: IsNull() }))
      await this.names.inquire(channel, {
        people: await this.unasked(channel),
        posts: await this.unaskedPosts(channel),
        rough: await this.rough(channel),
      });
  }

  /** Of the last day, so that the table of all conversations there ever were is not read again and again. */
  private async unasked({ id: channelId }: Channel): Promise<Person[]> {
    const since = new Date(Date.now() - recentMs);
    const recent = this.database.manager
      .createQueryBuilder(Identity, 'identity')
      .innerJoin(Conversation, 'conversation', 'conversation.identityId = identity.id')
      .where({ name: IsNull(), nameAskedAt: IsNull() })
      .andWhere('conversation.channelId = :channelId AND conversation.lastMessageAt > :since', { channelId, since })
      .limit(batch);
    return (await recent.getMany()).map(({ scope, externalId: id, name }) => ({ scope, id, name }));
  }

  private async unaskedPosts({ id: channelId }: Channel): Promise<string[]> {
    const posts = await this.database.manager.find(Post, { where: { channelId, askedAt: IsNull(), removedAt: IsNull() }, take: batch });
    return posts.map(({ externalId }) => externalId);
  }

  private async rough({ id: channelId }: Channel): Promise<string[]> {
    const roughSince = MoreThan(new Date(Date.now() - recentMs));
    const messages = await this.database.manager.find(Message, { where: { channelId, roughSince }, take: batch });
    return messages.flatMap(({ externalId }) => externalId ?? []);
  }
}
