import { Logger } from '@nestjs/common';
import { isOutage } from '../outage.js';
import { reason } from '../reason.js';

/** Runs a task every so often, never twice at once; a failure is logged and the next round tries again. */
export class Repeating {
  private readonly logger = new Logger('repeating');
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private stopped = false;

  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly task: () => Promise<void>,
  ) {}

  start(): void {
    this.stopped = false;
    this.timer = setTimeout(() => void this.run(), 0);
  }

  /** Resolves when the round in hand is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    this.running = this.task().catch((error: unknown) => this.tell(error));
    await this.running;
    if (!this.stopped) this.timer = setTimeout(() => void this.run(), this.everyMs);
  }

  /** An outage fails all tasks alike, so it names none: it is told as one. */
  private tell(error: unknown): void {
    const facts = { error: reason(error) };
    if (isOutage(error)) this.logger.warn(facts, 'what is done every so often cannot be done now; trying again');
    else this.logger.error({ task: this.name, ...facts }, 'failed; trying again');
  }
}
