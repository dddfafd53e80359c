import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, In, LessThanOrEqual } from 'typeorm';
import { Repeating } from '../queue/repeating.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation } from './conversation.entity.js';

const everyMs = 5_000;

/** Wakes conversations when their snooze is over. */
@Injectable()
export class Snooze implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('snooze', everyMs, () => this.wake());

  constructor(
    private readonly database: DataSource,
    private readonly changes: Changes,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  private async wake(): Promise<void> {
    const due = { status: 'snoozed' as const, snoozedUntil: LessThanOrEqual(new Date()) };
    const sleeping = await this.database.manager.find(Conversation, { select: { id: true }, where: due, take: 500 });
    if (!sleeping.length) return;
    await this.database.transaction(async (manager) => {
      await manager
        .createQueryBuilder()
        .update(Conversation)
        .set({ status: 'open', snoozedUntil: null, unread: true, version: () => 'version + 1' })
        .where({ ...due, id: In(sleeping.map(({ id }) => id)) })
        .execute();
      await this.changes.write(manager, ...sleeping.map(({ id }) => ({ type: 'conversation.updated' as const, conversationId: id })));
    });
    this.changes.announce();
  }
}
