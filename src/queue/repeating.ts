import { Logger } from '@nestjs/common';

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
    this.running = this.task().catch((error: unknown) =>
      this.logger.error({ task: this.name, error: (error as Error).message }, 'failed; trying again'),
    );
    await this.running;
    if (!this.stopped) this.timer = setTimeout(() => void this.run(), this.everyMs);
  }
}
