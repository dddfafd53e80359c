import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Repeating } from '../queue/repeating.js';
import { Deletions } from './deletions.service.js';
import { Upkeeps } from './upkeep.service.js';

/** How soon a channel that was just connected or signed in again is looked after. */
const everyMs = 3_000;

/** Sees to it that channels are looked after, and that wishes for deletion are fulfilled; catching up takes long and holds up neither. */
@Injectable()
export class UpkeepRounds implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = [
    new Repeating('upkeep', everyMs, () => this.upkeeps.round()),
    new Repeating('catching up', everyMs, () => this.upkeeps.catchUp()),
    new Repeating('data deletion', everyMs, () => this.deletions.fulfil()),
  ];

  constructor(
    private readonly upkeeps: Upkeeps,
    private readonly deletions: Deletions,
  ) {}

  onApplicationBootstrap(): void {
    for (const round of this.rounds) round.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.rounds.map((round) => round.stop()));
  }
}
