import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Connector, InboundEvent, Person } from '#libs/connector';
import type { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Contacts, type Learnt } from '../contacts/contacts.service.js';
import { MessageChanges } from '../conversations/message-changes.service.js';
import { Posts } from '../conversations/posts.service.js';
import { transact } from '../database/data-source.js';
import { Invalid } from '../errors.js';
import { FileStore } from '../files/file-store.js';
import { RemoteImages } from '../files/remote-image.js';
import { ChannelLanes } from '../queue/channel-lanes.js';
import { Changes } from '../realtime/changes.service.js';
import { RoughTimes } from './rough-times.service.js';

/** What a platform is to be asked: who somebody is, what a post is, and when messages were written, by its own ids. */
export interface Unknown {
  people: Person[];
  posts: string[];
  rough: string[];
}

/** Learns names and pictures of people a platform told us only an id of, what stands above comments, and when they were written. Beside the messages' way, so that none waits for it. */
@Injectable()
export class Names {
  private readonly logger = new Logger('names');
  private readonly lanes = new ChannelLanes();

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly contacts: Contacts,
    private readonly posts: Posts,
    private readonly times: RoughTimes,
    private readonly images: RemoteImages,
    private readonly files: FileStore,
    private readonly messageChanges: MessageChanges,
    private readonly changes: Changes,
  ) {}

  /** Asks for those that events speak of; never rejects. */
  ask(channel: Channel, events: InboundEvent[]): Promise<void> {
    const messages = events.filter((event) => event.type === 'message');
    const people = new Map(messages.map(({ customer }) => [`${customer.scope} ${customer.id}`, customer]));
    return this.inquire(channel, {
      people: [...people.values()],
      posts: [...new Set(messages.flatMap(({ post }) => post?.id ?? []))],
      rough: messages.flatMap(({ roughTime, externalId }) => (roughTime ? externalId : [])),
    });
  }

  /** Never rejects: what cannot be had now is asked for again another day. */
  async inquire(channel: Channel, { people, posts, rough }: Unknown): Promise<void> {
    const { whoIs, postOf, timeOf } = this.connectors.of(channel);
    const questions = [
      ...(whoIs ? people.map((person) => () => this.learn(channel, person, whoIs)) : []),
      ...(timeOf ? rough.map((id) => () => this.times.ask(channel, id)) : []),
      ...(postOf ? posts.map((id) => () => this.posts.ask(channel, id)) : []),
    ];
    // With a dead sign-in every question would be refused, which platforms do not like to do often.
    const leave = questions.length && channel.healthState !== 'needs-auth' ? this.lanes.enter(channel.id) : null;
    if (!leave) return;
    try {
      for (const question of questions) await question();
    } catch (error) {
      this.logger.warn({ channel: channel.id, error: (error as Error).message }, 'the platform did not tell of a person, a post or a time');
    } finally {
      leave();
    }
  }

  private async learn(channel: Channel, person: Person, whoIs: NonNullable<Connector['whoIs']>): Promise<void> {
    if (!(await this.contacts.claimQuestion(person))) return;
    const { name, pictureUrl } = await whoIs(person, await this.channels.access(channel));
    const pictureSha256 = pictureUrl ? await this.keep(pictureUrl) : null;
    if (name || pictureSha256) await this.note(person, { name, pictureSha256 });
  }

  /** Kept, because addresses of pictures run out within days. */
  private async keep(pictureUrl: string): Promise<string | null> {
    try {
      const { content } = await this.images.fetch(pictureUrl);
      return (await this.files.put(content)).sha256;
    } catch (error) {
      if (error instanceof Invalid) return null;
      throw error;
    }
  }

  private async note(person: Person, learnt: Learnt): Promise<void> {
    await transact(this.database, async (manager) => {
      const contactId = await this.contacts.learn(manager, person, learnt);
      await this.messageChanges.introduce(manager, contactId, learnt.name);
    });
    this.changes.announce();
  }
}
