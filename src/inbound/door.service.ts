import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Door } from '#libs/connector';
import { Channels } from '../channels/channels.service.js';
import { Connectors } from '../connectors.js';
import { FileStore } from '../files/file-store.js';
import { Ledger } from './ledger.service.js';

const tryAgainMs = 5_000;

/** Holds the doors open where servers of a platform bring events by themselves, e.g. an SMTP port. */
@Injectable()
export class Doors implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('doors');
  private readonly stopping = new AbortController();
  private readonly stopped = once(this.stopping.signal, 'abort');
  private held: Array<Promise<void>> = [];

  constructor(
    private readonly connectors: Connectors,
    private readonly channels: Channels,
    private readonly ledger: Ledger,
    private readonly files: FileStore,
  ) {}

  onApplicationBootstrap(): void {
    this.held = this.connectors.all().flatMap(({ type, door }) => (door ? this.keepOpen(type, door) : []));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.held);
  }

  /** A port that another process holds is free in a moment when releases change, or when that process dies. */
  private async keepOpen(type: string, door: Door): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.files.withSpool((spool) => this.hold(type, door, spool));
      } catch (error) {
        this.logger.error({ connector: type, error: (error as Error).message }, 'cannot listen; trying again');
        await Promise.race([sleep(tryAgainMs, undefined, { ref: false }), this.stopped]);
      }
    }
  }

  private async hold(type: string, door: Door, spool: string): Promise<void> {
    const close = await door.open({
      known: (accounts) => this.channels.connected(type, accounts),
      spool,
      store: (parts) => this.ledger.store(parts),
    });
    this.logger.log({ connector: type }, 'listening');
    await this.stopped;
    await close();
  }
}
