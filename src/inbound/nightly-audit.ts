import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Repeating } from '../queue/repeating.js';
import { Audits } from './audit.service.js';

const everyMs = 600_000;

/** Sees to it that no night passes without an audit. */
@Injectable()
export class NightlyAudit implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('nightly audit', everyMs, () => this.audits.nightly());

  constructor(private readonly audits: Audits) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.rounds.stop();
  }
}
