import { Injectable, Logger } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import type { InboundEvent, Person } from '#libs/connector';
import type { Channel } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Contacts } from '../contacts/contacts.service.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { Message } from '../conversations/message.entity.js';
import { ChannelLanes } from '../queue/channel-lanes.js';
import { Changes } from '../realtime/changes.service.js';

/** Learns the names of people a platform told us only an id of. Beside the messages' way, so that none waits for it. */
@Injectable()
export class Names {
  private readonly logger = new Logger('names');
  private readonly lanes = new ChannelLanes();

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly contacts: Contacts,
    private readonly changes: Changes,
  ) {}

  /** Never rejects: a name that cannot be had now is asked for again another day. */
  async ask(channel: Channel, events: InboundEvent[]): Promise<void> {
    const nameless = events.flatMap((event) => (event.type === 'message' && !event.customer.name ? event.customer : []));
    const whoIs = this.connectors.of(channel).whoIs;
    const leave = nameless.length && whoIs ? this.lanes.enter(channel.id) : null;
    if (!leave) return;
    try {
      for (const person of nameless) await this.learn(channel, person, whoIs!);
    } catch (error) {
      this.logger.warn({ channel: channel.id, error: (error as Error).message }, 'the platform did not tell a name');
    } finally {
      leave();
    }
  }

  private async learn(channel: Channel, person: Person, whoIs: NonNullable<ReturnType<Connectors['of']>['whoIs']>): Promise<void> {
    if (!(await this.contacts.claimQuestion(person))) return;
    const { name } = await whoIs(person, await this.channels.access(channel));
    if (!name) return;
    await this.database.transaction(async (manager) => {
      const contactId = await this.contacts.learnName(manager, person, name);
      await manager.update(Message, { authorId: contactId, authorType: 'contact', authorName: IsNull() }, { authorName: name });
      const affected = await manager.find(Conversation, { select: { id: true }, where: { contactId } });
      if (affected.length)
        await this.changes.write(manager, ...affected.map(({ id }) => ({ type: 'conversation.updated' as const, conversationId: id })));
    });
    this.changes.announce();
  }
}
