import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, LessThanOrEqual } from 'typeorm';
import { Repeating } from '../queue/repeating.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation } from './conversation.entity.js';
import { ReplyWindows } from './reply-windows.service.js';

const everyMs = 60_000;
const batch = 200;

/** Notes when a reply window has closed by a step, so that lists are in the right order and reply boxes say what is allowed now. */
@Injectable()
export class ReplyWindowSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('reply windows', everyMs, () => this.sweep());

  constructor(
    private readonly database: DataSource,
    private readonly windows: ReplyWindows,
    private readonly changes: Changes,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    let found: number;
    do found = await this.step();
    while (found === batch);
  }

  private async step(): Promise<number> {
    const due = { windowClosesAt: LessThanOrEqual(new Date()) };
    const rows = await this.database.manager.find(Conversation, {
      select: { id: true },
      where: due,
      order: { windowClosesAt: 'ASC' },
      take: batch,
    });
    for (const { id } of rows)
      await this.database.transaction(async (manager) => {
        // Touched first, because it locks the row: the customer may be writing at this very moment.
        const { affected } = await manager.increment(Conversation, { id, ...due }, 'version', 0);
        if (!affected) return;
        await this.windows.refresh(manager, id);
        await this.changes.write(manager, { type: 'conversation.updated', conversationId: id });
      });
    if (rows.length) this.changes.announce();
    return rows.length;
  }
}
