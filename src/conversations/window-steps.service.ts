import { Injectable } from '@nestjs/common';
import { DataSource, In, LessThanOrEqual } from 'typeorm';
import { Channel } from '../channels/channel.entity.js';
import { Changes } from '../realtime/changes.service.js';
import { Conversation, windowUnknown } from './conversation.entity.js';
import { Post } from './post.entity.js';
import { nextNarrowing, ReplyWindows } from './reply-windows.service.js';

const batch = 200;

/**
 * Keeps `windowClosesAt` true. Who changes what it depends on only says that it is unknown now, which costs a burst of messages
 * nothing; it is found out before a list is sorted by it, and every few seconds. The same goes for windows that have narrowed.
 */
@Injectable()
export class WindowSteps {
  constructor(
    private readonly database: DataSource,
    private readonly windows: ReplyWindows,
    private readonly changes: Changes,
  ) {}

  /** Resolves with whether there may be more to find out. */
  async settle(): Promise<boolean> {
    const now = new Date();
    const { manager } = this.database;
    const order = { windowClosesAt: 'ASC', id: 'ASC' } as const;
    const rows = await manager.find(Conversation, { where: { windowClosesAt: LessThanOrEqual(now) }, order, take: batch });
    if (!rows.length) return false;
    const channels = await manager.findBy(Channel, { id: In([...new Set(rows.map(({ channelId }) => channelId))]) });
    const posts = await manager.findBy(Post, { id: In([...new Set(rows.flatMap(({ postId }) => postId ?? []))]) });
    const windows = await this.windows.ofPage(manager, rows, channels, posts, now);
    for (const row of rows) await this.note(row, nextNarrowing(windows.get(row.id)!));
    this.changes.announce();
    return rows.length === batch;
  }

  /** Unless something changed meanwhile: then it is unknown again. Browsers hear of windows that narrowed by themselves. */
  private async note({ id, version, windowClosesAt: before }: Conversation, windowClosesAt: Date | null): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.update(Conversation, { id, version }, { windowClosesAt });
      if (affected && before!.getTime() !== windowUnknown.getTime())
        await this.changes.write(manager, { type: 'conversation.updated', conversationId: id });
    });
  }
}
