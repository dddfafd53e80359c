import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { Config } from '../config.js';
import { channelFigures } from './channel-figures.js';
import { deliveryFigures } from './delivery-figures.js';
import { Panel, type Source } from './figures.js';
import { ledgerFigures } from './ledger-figures.js';
import { diskFigures, processFigures } from './process-figures.js';
import { queueFigures } from './queue-figures.js';

/** Everything that operators can have watched, in Prometheus' own format. */
@Injectable()
export class Metrics {
  readonly contentType: string;
  private readonly panels: Panel[];
  private readonly up: Gauge;

  constructor(
    private readonly registry: Registry,
    @Inject(Config) { ROLE, DATA_DIR }: Config,
    database: DataSource,
    @InjectQueue('inbound') inbound: Queue,
    @InjectQueue('outbound') outbound: Queue,
  ) {
    this.contentType = registry.contentType;
    const sources = [
      queueFigures([inbound, outbound]),
      ledgerFigures(database),
      deliveryFigures(database),
      channelFigures(database),
      processFigures(database),
      diskFigures(DATA_DIR),
    ];
    this.panels = sources.map((source) => new Panel(source as Source, registry));
    const registers = [registry];
    this.up = new Gauge({ name: 'tributary_up', help: '0 while a dependency does not answer', labelNames: ['dependency'], registers });
    new Gauge({ name: 'tributary_process_info', help: 'What this process is', labelNames: ['role'], registers }).set({ role: ROLE }, 1);
    collectDefaultMetrics({ register: registry });
  }

  /** Each source is asked apart: what is down hides its own figures only. */
  async scrape(): Promise<string> {
    const answers = await Promise.all(this.panels.map(async (panel) => [panel.source.dependency, await panel.refresh()] as const));
    for (const [dependency, all] of Map.groupBy(answers, ([name]) => name)) {
      this.up.set({ dependency }, Number(all.every(([, answered]) => answered)));
    }
    return this.registry.metrics();
  }
}
