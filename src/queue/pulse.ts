import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { reason } from '../reason.js';
import { Backend } from './backend.js';
import { Repeating } from './repeating.js';

const everyMs = 2_000;

/** Feels whether the queue can be used, and says when that changes. While it cannot, the database holds what waits. */
@Injectable()
export class Pulse implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('queue');
  private readonly rounds = new Repeating('pulse of the queue', everyMs, () => this.feel());
  private readonly whenBack: Array<() => void> = [];
  private downSince: number | null = null;
  private asking?: Promise<void>;

  constructor(private readonly backend: Backend) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.backend.probe.close();
  }

  /** Whether the queue could not be used when it was last asked. */
  get isDown(): boolean {
    return this.downSince !== null;
  }

  /** Throws with the reason when the queue cannot be used now. However many ask, one question is under way. */
  check(): Promise<void> {
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
  }

  /** Calls back each time the queue was felt well. */
  onBeat(callback: () => void): void {
    this.whenBack.push(callback);
  }

  /** Something went wrong with the queue: an outage is told as one, whatever it breaks; the rest is told as it is. */
  async suspect(error: Error): Promise<void> {
    const well = await this.check().then(
      () => true,
      () => false,
    );
    // Without the job's name, so that what befalls all jobs in hand is told as one.
    if (well) this.logger.warn({ error: reason(error).replace(/ for job [^ ]+/, ' for a job') }, 'queue trouble');
  }

  private async feel(): Promise<void> {
    await this.check().catch(() => undefined); // Told where it is asked.
  }

  private async ask(): Promise<void> {
    try {
      await this.backend.probe.check();
    } catch (error) {
      this.downSince ??= Date.now();
      const outage = { queue: this.backend.address, error: reason(error), nextTryMs: everyMs };
      this.logger.warn(outage, 'the queue cannot be used; trying again. What comes in is stored and waits');
      throw error;
    }
    if (this.downSince !== null) this.logger.log({ queue: this.backend.address, awayMs: Date.now() - this.downSince }, 'the queue is back');
    this.downSince = null;
    for (const callback of this.whenBack) callback();
  }
}
