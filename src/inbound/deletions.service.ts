import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';
import { Channel, DataDeletion } from '../channels/channel.entity.js';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { Contact, Identity } from '../contacts/contact.entity.js';
import { Conversation } from '../conversations/conversation.entity.js';
import { MessageChange } from '../conversations/message-change.entity.js';
import { MessageChanges } from '../conversations/message-changes.service.js';
import { Message } from '../conversations/message.entity.js';
import { releaseBytes } from '../conversations/released-files.js';
import { newId } from '../database/columns.js';
import { insertNew, transact } from '../database/data-source.js';
import { Changes } from '../realtime/changes.service.js';
import { Grants } from './grants.service.js';

const forgotten = 'The person who connected this account had their data deleted, the access to it included. Sign in again.';

/** True for whoever asks, and also when it is done twice. */
const outcome =
  'The access to accounts that you had given us is deleted, and so is what you wrote under the same id. In chats each account knows ' +
  'you by another id, which nobody can tell to be yours: ask its owner to delete those messages.';

/** Deletes what there is of people who asked a platform for that. */
@Injectable()
export class Deletions {
  private readonly logger = new Logger('deletions');

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly connectors: Connectors,
    private readonly grants: Grants,
    private readonly messages: MessageChanges,
    private readonly changes: Changes,
  ) {}

  /** Fulfils every wish that is open. What was done before a crash is found done. */
  async fulfil(): Promise<void> {
    for (const { code, connector, userId } of await this.database.manager.findBy(DataDeletion, { doneAt: IsNull() })) {
      const types = this.connectors.sharing(this.connectors.of({ type: connector }).source);
      const granted = await this.grants.grantedBy(types, userId);
      for (const { id } of granted) await this.channels.forget(id, forgotten);
      await this.forgetPerson(types, userId);
      await this.database.manager.update(DataDeletion, { code, doneAt: IsNull() }, { doneAt: new Date(), outcome });
      this.logger.log({ deletion: code, channels: granted.length }, 'data deleted');
    }
  }

  private async forgetPerson(types: string[], externalId: string): Promise<void> {
    const { manager } = this.database;
    const channels = await manager.find(Channel, { select: { id: true }, where: { type: In(types) } });
    const channelId = In(channels.map(({ id }) => id));
    for (const identity of await manager.findBy(Identity, { externalId })) {
      // Below a post others write in the same conversation, and they in those of others.
      const theirs = { authorId: identity.contactId, authorType: 'contact' as const, channelId };
      for (const message of await manager.findBy(Message, { ...theirs, deletedAt: IsNull() })) await this.withdraw(message);
      const isKnown =
        (await manager.existsBy(Message, theirs)) || (await manager.existsBy(Conversation, { identityId: identity.id, channelId }));
      if (isKnown) await this.database.transaction((within) => forgetName(within, identity));
    }
    this.changes.announce();
  }

  /** As if they had taken it back themselves. */
  private async withdraw({ channelId, externalId }: Message): Promise<void> {
    if (externalId === null) return;
    await transact(this.database, async (manager) => {
      const change = { kind: 'withdraw' };
      await insertNew(manager, MessageChange, {
        ...{ id: newId(), channelId, ofExternalId: externalId, key: `erased:${externalId}`, at: new Date(), change },
        ...{ inboundEventId: null, waitingSince: null },
      });
      await this.messages.apply(manager, channelId, externalId);
    });
  }
}

async function forgetName(manager: EntityManager, { id, contactId, pictureSha256 }: Identity): Promise<void> {
  await manager.update(Identity, id, { name: null, pictureSha256: null });
  await manager.update(Message, { authorId: contactId, authorType: 'contact' }, { authorName: null });
  if ((await manager.countBy(Identity, { contactId })) === 1) await manager.update(Contact, contactId, { name: null });
  if (pictureSha256) await releaseBytes(manager, pictureSha256);
}
