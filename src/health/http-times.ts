import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { Gauge, Histogram, Registry } from 'prom-client';

/** How long answers take, and how many browsers listen. */
@Injectable()
export class HttpTimes implements OnModuleInit {
  private readonly answers: Histogram;
  private readonly streams: Gauge;

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    registry: Registry,
  ) {
    this.answers = new Histogram({
      name: 'tributary_http_request_duration_seconds',
      help: 'How long requests took, by route and status; event streams are not among them',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      registers: [registry],
    });
    this.streams = new Gauge({
      name: 'tributary_event_streams',
      help: 'Browsers and scripts that listen to server-sent events',
      registers: [registry],
    });
  }

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onResponse', (request, reply, done) => {
      // A stream lasts until the browser leaves, which says nothing about us.
      if (request.routeOptions.url !== streamRoute) {
        const labels = { method: request.method, route: request.routeOptions.url ?? 'unknown', status: String(reply.statusCode) };
        this.answers.observe(labels, reply.elapsedTime / 1000);
      }
      done();
    });
    fastify.addHook('onRequest', (request, reply, done) => {
      if (request.routeOptions.url === streamRoute) this.follow(reply.raw);
      done();
    });
  }

  private follow(stream: NodeJS.EventEmitter): void {
    this.streams.inc();
    stream.once('close', () => this.streams.dec());
  }
}

const streamRoute = '/api/v1/events';
