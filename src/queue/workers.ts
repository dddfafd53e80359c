import { WorkerHost } from '@nestjs/bullmq';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Worker } from 'bullmq';
import { Pulse } from './pulse.js';

/** Redis answers, and refuses: it is full, cannot save, is a replica, or lost its own. */
const refusal = /^(-?)(OOM|MISCONF|READONLY|NOREPLICAS|MASTERDOWN|LOADING)\b/;

/** All workers of this process: halted while the queue refuses them, ended with the jobs in hand done. */
@Injectable()
export class Workers implements OnApplicationBootstrap, OnModuleDestroy {
  private workers: Worker[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly pulse: Pulse,
  ) {}

  onApplicationBootstrap(): void {
    const parts = this.discovery.getProviders().map(({ instance }): unknown => instance);
    this.workers = parts.filter((part): part is WorkerHost => part instanceof WorkerHost).map(({ worker }) => worker);
    for (const worker of this.workers) worker.on('error', (error) => this.onError(worker, error));
    this.pulse.onBeat(() => this.goOn());
  }

  /** Takes no further job and resolves when those in hand are done. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }

  /** A refused worker asks again at once, and each time one job falls out of the lists that its scripts half wrote. */
  private onError(worker: Worker, error: Error): void {
    if (refusal.test(error.message)) void worker.pause(true);
    void this.pulse.suspect(error);
  }

  private goOn(): void {
    for (const worker of this.workers) if (worker.isPaused() && !worker.closing) void worker.resume();
  }
}
