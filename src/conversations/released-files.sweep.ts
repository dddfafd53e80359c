import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, IsNull, LessThanOrEqual } from 'typeorm';
import { Identity } from '../contacts/contact.entity.js';
import { FileStore } from '../files/file-store.js';
import { Repeating } from '../queue/repeating.js';
import { hasPayload } from './ledger-rows.js';
import { Attachment } from './message.entity.js';

const everyMs = 10_000;
const batch = 100;

/** Removes the bytes of messages that were taken back, unless somebody else sent the same. */
@Injectable()
export class ReleasedFilesSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('released files', everyMs, () => this.sweep());

  constructor(
    private readonly database: DataSource,
    private readonly store: FileStore,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    const due = { messageId: IsNull(), state: 'gone' as const, nextFetchAt: LessThanOrEqual(new Date()) };
    for (const { id, sha256 } of await this.database.manager.find(Attachment, { where: due, take: batch })) {
      const done = sha256 === '' || (await this.isReferredTo(sha256)) || (await this.store.remove(sha256));
      if (done) await this.database.manager.delete(Attachment, id);
      else await this.database.manager.update(Attachment, id, { nextFetchAt: new Date(Date.now() + everyMs) });
    }
  }

  private async isReferredTo(sha256: string): Promise<boolean> {
    const { manager } = this.database;
    return (
      (await manager.existsBy(Attachment, { sha256, state: 'stored' })) ||
      (await manager.existsBy(Identity, { pictureSha256: sha256 })) ||
      (await hasPayload(manager, sha256))
    );
  }
}
