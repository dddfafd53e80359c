import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { hostname } from 'node:os';
import { DataSource, LessThan, MoreThan } from 'typeorm';
import { Config } from '../config.js';
import { newId } from '../database/columns.js';
import { Repeating } from '../queue/repeating.js';
import { RunningProcess } from './running-process.entity.js';

const everyMs = 10_000;
/** Who has missed so many beats is dead, or so busy that others must know. */
const silenceMs = 45_000;
/** Clocks of several machines never agree quite. */
const forgottenMs = 3_600_000;

/** Lets others know that this process lives: whether there is a worker is something no queue tells on both of its backends. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('heartbeat');
  private readonly me: RunningProcess;
  private readonly beats = new Repeating('heartbeat', everyMs, () => this.beat());

  constructor(
    private readonly database: DataSource,
    @Inject(Config) { ROLE }: Config,
  ) {
    const now = new Date();
    this.me = { id: newId(), role: ROLE, host: hostname(), pid: process.pid, startedAt: now, seenAt: now };
  }

  onApplicationBootstrap(): void {
    this.beats.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.beats.stop();
    // Where that fails, we are taken for dead a little later.
    await this.database.manager
      .delete(RunningProcess, this.me.id)
      .catch((error: Error) => this.logger.debug({ error: error.message }, 'left without a word'));
  }

  private async beat(): Promise<void> {
    const { manager } = this.database;
    await manager.upsert(RunningProcess, { ...this.me, seenAt: new Date() }, ['id']);
    await manager.delete(RunningProcess, { seenAt: LessThan(new Date(Date.now() - forgottenMs)) });
  }
}

/** Who was heard of within the last beats. */
export function livingProcesses({ manager }: DataSource): Promise<RunningProcess[]> {
  return manager.findBy(RunningProcess, { seenAt: MoreThan(new Date(Date.now() - silenceMs)) });
}
