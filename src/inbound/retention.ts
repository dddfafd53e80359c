import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Config } from '../config.js';
import { giveUpWaiting } from '../conversations/waiting-changes.js';
import { Repeating } from '../queue/repeating.js';
import { dropSlice, packSlice, type Place, sliceRows } from './payload-slices.js';

const everyMs = 60_000;
/** Live work goes on in between. */
const pauseMs = 250;
const dayMs = 86_400_000;

/** Who looks at a raw payload does so in the first hour, and by then an import that brought many of them is over. */
const packAfterMs = 3_600_000;

/**
 * Platforms repeat what they could not deliver for 36 hours at most, and each night an audit brings what was missed: what
 * has not come in a month was deleted, or is older than the channel.
 */
const patienceDays = 30;
const givenUp = `Its message has not come in ${patienceDays} days, so it was given up. Replay it and it waits again.`;

/**
 * Sees to it that the ledger does not grow for ever: raw payloads of what was dealt with are packed, later dropped, and what
 * waits in vain is given up. The rows stay, as their keys keep duplicates out. Every step is a guarded update, so several
 * processes may take the same one, and a crash leaves it for the next round.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Repeating('ledger retention', everyMs, () => this.round());
  private readonly stopping = new AbortController();
  /** Up to here all is packed that gets smaller by it. */
  private packedTo: Place = { settledAt: new Date(0), id: '' };

  constructor(
    private readonly database: DataSource,
    @Inject(Config) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.rounds.stop();
  }

  private async round(): Promise<void> {
    const keepDays = this.config.LEDGER_KEEP_DAYS;
    if (keepDays) await this.throughout(() => dropSlice(this.database, ago(keepDays * dayMs)));
    await this.throughout(() => this.pack());
    await this.throughout(() =>
      this.database.transaction((manager) => giveUpWaiting(manager, ago(patienceDays * dayMs), givenUp, sliceRows)),
    );
  }

  private async pack(): Promise<number> {
    const { looked, last } = await packSlice(this.database, this.packedTo, ago(packAfterMs));
    this.packedTo = last;
    return looked;
  }

  /** Slice after slice, until one is not full. */
  private async throughout(slice: () => Promise<number>): Promise<void> {
    while (!this.stopping.signal.aborted && (await slice()) === sliceRows)
      await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

const ago = (ms: number) => new Date(Date.now() - ms);
