import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DataSource } from 'typeorm';
import { Attachment, Message } from '../conversations/message.entity.js';
import { releaseBytes } from '../conversations/released-files.js';
import { typeOf, withEnding } from '../files/content-type.js';
import { FileStore, type StoredFile } from '../files/file-store.js';
import { atMost, isGone, type RemoteFile, RemoteFiles, unreachable } from '../files/remote-files.js';
import { ChannelLanes } from '../queue/channel-lanes.js';
import { Repeating } from '../queue/repeating.js';
import { Changes } from '../realtime/changes.service.js';
import { afterTrouble, leaseMs, maxBytes, patienceMs } from './media-schedule.js';

const everyMs = 1_000;
/** As many as a channel has lanes: others must not wait behind its thousands. */
const perChannel = 4;

/** A file to be copied, as it was when it was found due. */
interface Due extends Attachment {
  channelId: string;
  conversationId: string;
}

/**
 * Copies files that the platform holds and that may be kept, before their addresses die. What is due is found in the
 * database, taken by a guarded write that others respect for a while, and written back the same way: it may be killed
 * anywhere and run twice.
 */
@Injectable()
export class MediaCopies implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('media');
  private readonly rounds = new Repeating('media copies', everyMs, () => this.round());
  private readonly lanes = new ChannelLanes();
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: DataSource,
    private readonly remote: RemoteFiles,
    private readonly store: FileStore,
    private readonly changes: Changes,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async round(): Promise<void> {
    for (const file of await this.due()) {
      const leave = this.lanes.enter(file.channelId);
      if (!leave) continue;
      const work: Promise<void> = this.copy(file).finally(() => {
        leave();
        this.running.delete(work);
      });
      this.running.add(work);
    }
  }

  private async due(): Promise<Due[]> {
    const ranked = this.database.manager
      .createQueryBuilder(Attachment, 'a')
      .innerJoin(Message, 'm', 'm.id = a.message_id')
      .select(['a.id AS id', 'm.channel_id AS channel_id', 'm.conversation_id AS conversation_id'])
      .addSelect('ROW_NUMBER() OVER (PARTITION BY m.channel_id ORDER BY a.next_fetch_at, a.id)', 'place')
      .where(`a.state = 'fetching' AND a.next_fetch_at <= :now`, { now: new Date() });
    const rows = await this.database.manager
      .createQueryBuilder()
      .select(['due.id AS id', 'due.channel_id AS "channelId"', 'due.conversation_id AS "conversationId"'])
      .from(`(${ranked.getQuery()})`, 'due')
      .where('due.place <= :perChannel', { perChannel })
      .setParameters(ranked.getParameters())
      .getRawMany<Pick<Due, 'id' | 'channelId' | 'conversationId'>>();
    const files = await Promise.all(rows.map(({ id }) => this.database.manager.findOneBy(Attachment, { id })));
    return rows.flatMap((row, at) => (files[at] ? { ...files[at], ...row } : []));
  }

  /** Never rejects: what failed is due again later. */
  private async copy(file: Due): Promise<void> {
    try {
      if (await this.claim(file)) await this.fetch(file);
    } catch (error) {
      this.logger.warn({ channel: file.channelId, attachment: file.id, error: (error as Error).message }, 'a file could not be copied');
    }
  }

  private async claim({ id, fetchAttempts }: Due): Promise<boolean> {
    const nextFetchAt = new Date(Date.now() + leaseMs);
    const due = { id, state: 'fetching' as const, fetchAttempts };
    const { affected } = await this.database.manager.update(Attachment, due, { nextFetchAt, fetchAttempts: fetchAttempts + 1 });
    return !!affected;
  }

  private async fetch(file: Due): Promise<void> {
    try {
      const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(patienceMs)]);
      const answer = await this.remote.open(file.remoteUrl ?? '', { signal });
      if (answer.statusCode === 200) return await this.store.withSpool((spool) => this.keep(file, answer, spool));
      await answer.discard();
      const gone = { state: 'gone' as const, remoteUrl: null, nextFetchAt: null };
      const later = afterTrouble(file.fetchAttempts + 1, `its server answered ${answer.statusCode}`, true);
      await this.settle(file, isGone(answer.statusCode) ? gone : later.change);
    } catch (error) {
      if (this.stopping.signal.aborted) return void (await this.settle(file, { nextFetchAt: new Date() }));
      const { message, passes } = unreachable(error as Error);
      const { change, reason } = afterTrouble(file.fetchAttempts + 1, message, passes);
      this.logger.warn({ channel: file.channelId, attachment: file.id, reason }, 'a file could not be fetched');
      await this.settle(file, change);
    }
  }

  private async keep(file: Due, { body, contentType }: RemoteFile, spool: string): Promise<void> {
    const path = join(spool, file.id);
    await pipeline(body, atMost(maxBytes), createWriteStream(path, { mode: 0o600 }));
    const type = await typeOf(path, contentType, file.contentType);
    const stored: StoredFile = await this.store.put({ path, size: 0 });
    const filename = withEnding(file.filename, type);
    const kept = await this.settle(file, { ...stored, filename, contentType: type, state: 'stored', remoteUrl: null, nextFetchAt: null });
    // Its message was taken back while we fetched.
    if (!kept) await releaseBytes(this.database.manager, stored.sha256);
  }

  /** False when it is not to be fetched any more. */
  private async settle({ id, conversationId, messageId }: Due, change: Partial<Attachment>): Promise<boolean> {
    const affected = await this.database.transaction(async (manager) => {
      const { affected } = await manager.update(Attachment, { id, state: 'fetching' }, change);
      if (affected && change.state && messageId) await this.changes.write(manager, { type: 'message.updated', conversationId, messageId });
      return affected;
    });
    this.changes.announce();
    return !!affected;
  }
}
