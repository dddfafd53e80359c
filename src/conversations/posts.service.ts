import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Post as Told } from '#libs/connector';
import { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Invalid, NotFound } from '../errors.js';
import { type RemoteImage, RemoteImages } from '../files/remote-image.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation } from './conversation.entity.js';
import { notePost } from './post-facts.js';
import { Post } from './post.entity.js';

const dayMs = 86_400_000;

/** What stands above comments. The comment tells little of it; the platform is asked for the rest, beside the messages' way. */
@Injectable()
export class Posts {
  private readonly logger = new Logger('posts');

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly images: RemoteImages,
    private readonly changes: Changes,
  ) {}

  /** Its picture; asks the platform for a new address when the old one has run out. Throws NotFound when there is none to be had. */
  async picture(id: string): Promise<RemoteImage> {
    const post = await this.database.manager.findOneBy(Post, { id });
    if (!post?.pictureUrl) throw new NotFound('There is no picture of this post.');
    const shown = await this.fetch(post.pictureUrl);
    if (shown) return shown;
    const address = await this.newAddress(post);
    const again = address && address !== post.pictureUrl ? await this.fetch(address) : null;
    if (!again) throw new NotFound('The platform no longer shows this picture.');
    return again;
  }

  /** Asks the platform for what is not known of a post, once a day at most. Throws ConnectorError. */
  async ask(channel: Channel, externalId: string): Promise<void> {
    const postOf = this.connectors.of(channel).postOf;
    const post = postOf && (await this.database.manager.findOneBy(Post, { channelId: channel.id, externalId }));
    if (!post || (post.askedAt && post.permalink) || !(await this.claim(post))) return;
    const told = await postOf(externalId, await this.channels.access(channel));
    if (told) await this.learn(post, told);
  }

  private async fetch(address: string): Promise<RemoteImage | null> {
    try {
      return await this.images.fetch(address);
    } catch (error) {
      if (error instanceof Invalid) return null;
      throw error;
    }
  }

  private async newAddress(post: Post): Promise<string | null> {
    const channel = await this.channels.get(post.channelId);
    const postOf = this.connectors.of(channel).postOf;
    if (!postOf || !(await this.claim(post))) return null;
    try {
      const told = await postOf(post.externalId, await this.channels.access(channel));
      if (told) await this.learn(post, told);
      return told?.pictureUrl ?? null;
    } catch (error) {
      this.logger.warn({ channel: channel.id, post: post.id, error: (error as Error).message }, 'the platform does not tell of a post');
      return null;
    }
  }

  /** True for one caller a day, who then asks the platform. */
  private async claim({ id }: Post): Promise<boolean> {
    const { affected } = await this.database.manager
      .createQueryBuilder()
      .update(Post)
      .set({ askedAt: new Date() })
      .where('id = :id AND (asked_at IS NULL OR asked_at < :yesterday)', { id, yesterday: new Date(Date.now() - dayMs) })
      .execute();
    return !!affected;
  }

  private async learn({ id, channelId }: Post, told: Told): Promise<void> {
    await this.database.transaction(async (manager) => {
      await notePost(manager, channelId, told);
      const affected = await manager.find(Conversation, { select: { id: true }, where: { postId: id } });
      if (affected.length)
        await this.changes.write(manager, ...affected.map((row) => ({ type: 'conversation.updated' as const, conversationId: row.id })));
    });
    this.changes.announce();
  }
}
