import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Repeating } from '../queue/repeating.js';
import { WindowSteps } from './window-steps.service.js';

const everyMs = 10_000;

/** Finds out in the background when reply windows narrow next. */
@Injectable()
export class ReplyWindowSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('reply windows', everyMs, () => this.sweep());

  constructor(private readonly steps: WindowSteps) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }

  private async sweep(): Promise<void> {
    while (await this.steps.settle());
  }
}
