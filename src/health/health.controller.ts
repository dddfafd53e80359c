import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { Public } from '../people/auth.guard.js';
import { JobQueue } from '../queue/jobs.js';
import { DependencyView, LiveView, ReadyView } from './health.shapes.js';

const patienceMs = 2_000;

/** For load balancers and people: is the process alive, and can it do its work? */
@Public()
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
  ) {}

  @Get('live')
  live(): LiveView {
    return { status: 'ok' };
  }

  /** 503 when a dependency is down, each named. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyView> {
    const [database, queue] = await Promise.all([probe(this.database.query('SELECT 1')), probe(this.queue.counts())]);
    const status = database.status === 'ok' && queue.status === 'ok' ? 'ok' : 'down';
    void reply.status(status === 'ok' ? 200 : 503);
    return { status, database, queue };
  }
}

async function probe(answer: Promise<unknown>): Promise<DependencyView> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('does not answer')), patienceMs)));
  try {
    await Promise.race([answer, timeout]);
    return { status: 'ok', detail: null };
  } catch (error) {
    return { status: 'down', detail: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
