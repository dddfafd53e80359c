import { InjectQueue } from '@nestjs/bullmq';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Queue } from 'bullmq';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Config } from '../config.js';
import { Public } from '../people/auth.guard.js';
import { Pulse } from '../queue/pulse.js';
import { type DependencyView, LiveView, ReadyView } from './health.shapes.js';
import { databaseAnswers, diskHasRoom, probe, queueAnswers, somebodyWorks, tablesAreCurrent } from './probes.js';
import { Stopping } from './stopping.js';

/** For load balancers and people: is the process alive, and can it do its work? */
@Public()
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(Config) private readonly config: Config,
    private readonly database: DataSource,
    private readonly pulse: Pulse,
    @InjectQueue('inbound') private readonly queue: Queue,
    private readonly stopping: Stopping,
  ) {}

  @Get('live')
  live(): LiveView {
    return { status: 'ok' };
  }

  /** 503 when something is down that this process cannot do without, or it is about to end; each dependency says what is wrong with it. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyView> {
    const { config, database, pulse, queue } = this;
    const [data, migrations, jobs, disk, workers] = await Promise.all([
      probe(() => databaseAnswers(database)),
      probe(() => tablesAreCurrent(database)),
      probe(() => queueAnswers(config, pulse, queue)),
      probe(() => diskHasRoom(config)),
      probe(() => somebodyWorks(database)),
    ]);
    const able = [data, migrations, ...(config.works ? [jobs] : [])].every(serves);
    const status = this.stopping.announced ? 'stopping' : able ? 'ok' : 'down';
    void reply.status(status === 'ok' ? 200 : 503);
    return { status, role: config.ROLE, database: data, migrations, queue: jobs, disk, workers };
  }
}

const serves = ({ status }: DependencyView) => status !== 'down';
