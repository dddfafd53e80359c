import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Public } from '../people/auth.guard.js';
import { JobQueue } from '../queue/jobs.js';

const dayMs = 86_400_000;
const ledgerStates = ['received', 'processed', 'ignored', 'quarantined', 'unrouted'];

/** Prometheus metrics, counted when they are asked for. */
@Public()
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  private readonly registry = new Registry();
  private readonly jobs = this.gauge('tributary_queue_jobs', 'Jobs per queue and state', ['queue', 'state']);
  private readonly inbound = this.gauge('tributary_inbound_events', 'Events in the inbound ledger that are not settled', ['state']);
  private readonly lately = this.gauge('tributary_inbound_events_day', 'Events that came in within the last day', ['connector', 'state']);
  private readonly deliveries = this.gauge('tributary_deliveries', 'Replies that have not reached their customer', ['state']);
  private readonly channels = this.gauge('tributary_channels', 'Connected channels by health', ['type', 'state']);

  constructor(
    private readonly database: DataSource,
    private readonly queue: JobQueue,
  ) {
    collectDefaultMetrics({ register: this.registry });
  }

  @Get()
  async scrape(@Res() reply: FastifyReply): Promise<void> {
    await Promise.all([this.countJobs(), this.countRows()]);
    await reply.type(this.registry.contentType).send(await this.registry.metrics());
  }

  private async countJobs(): Promise<void> {
    for (const [queue, counts] of Object.entries(await this.queue.counts())) {
      for (const [state, count] of Object.entries(counts)) this.jobs.set({ queue, state }, count);
    }
  }

  /** Only states that stay small: counting what is settled would read the whole table. */
  private async countRows(): Promise<void> {
    await this.count(
      this.inbound,
      `SELECT state, COUNT(*) AS count FROM inbound_event WHERE state IN ('received', 'quarantined', 'unrouted') GROUP BY state`,
    );
    await this.countLately();
    await this.count(
      this.deliveries,
      `SELECT state, COUNT(*) AS count FROM delivery WHERE state IN ('queued', 'sending', 'failed', 'uncertain') GROUP BY state`,
    );
    await this.count(
      this.channels,
      `SELECT type, health_state AS state, COUNT(*) AS count FROM channel WHERE removed_at IS NULL GROUP BY type, health_state`,
    );
  }

  /** Of what is settled only a day's, which the index finds by itself. */
  private async countLately(): Promise<void> {
    const rows = await this.database
      .createQueryBuilder()
      .select(['e.connector AS connector', 'e.state AS state', 'COUNT(*) AS count'])
      .from('inbound_event', 'e')
      .where(`e.state IN (:...states) AND e.stored_at > :since`, { states: ledgerStates, since: new Date(Date.now() - dayMs) })
      .groupBy('e.connector')
      .addGroupBy('e.state')
      .getRawMany<Record<string, string>>();
    this.show(this.lately, rows);
  }

  private async count(gauge: Gauge, sql: string): Promise<void> {
    this.show(gauge, await this.database.query<Array<Record<string, string>>>(sql));
  }

  private show(gauge: Gauge, rows: Array<Record<string, string>>): void {
    gauge.reset();
    for (const { count, ...labels } of rows) gauge.set(labels, Number(count));
  }

  private gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
