import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter as BoardAdapter } from '@bull-board/fastify';
import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Queue } from 'bullmq';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { Config } from '../config.js';
import { identify } from '../people/auth.guard.js';
import { type Caller, People } from '../people/people.service.js';

const path = '/admin/queues';
const reading = new Set(['GET', 'HEAD']);

/**
 * Bull Board, for admins. Jobs carry ids only, so it shows nothing private; and as the rows are the truth and the sweeps add
 * their jobs again, nothing that is removed with it is lost.
 */
@Injectable()
export class QueueBoard implements OnModuleInit {
  private readonly ourOrigin: string;

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly people: People,
    @InjectQueue('inbound') private readonly inbound: Queue,
    @InjectQueue('outbound') private readonly outbound: Queue,
    @Inject(Config) { publicUrl }: Config,
  ) {
    this.ourOrigin = new URL(publicUrl).origin;
  }

  onModuleInit(): void {
    const board = new BoardAdapter().setBasePath(path);
    createBullBoard({
      queues: [this.inbound, this.outbound].map((queue) => new BullMQAdapter(queue, { description: about[queue.name] })),
      serverAdapter: board,
      options: {
        uiConfig: { boardTitle: 'Tributary', boardLogo: { path: '/favicon.svg' }, favIcon: { default: '/favicon.svg', alternative: '' } },
      },
    });
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Not awaited: Fastify would load here and now, and the routes before it miss what Nest sets after this, e.g. who answers errors.
    void fastify.register(async (scope) => {
      scope.addHook('onRequest', (request, reply) => this.admit(request, reply));
      scope.addHook('onSend', async (_request, _reply, payload) => withoutForeignFonts(payload));
      await scope.register(board.registerPlugin(), { prefix: path });
    });
  }

  /** Its scripts and styles included. Resolves without an answer when the request may go on. */
  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const caller = await identify(this.people, request);
    if (!caller) return this.turnAway(request, reply);
    if (caller.user.role !== 'admin') return refuse(reply, 403, 'This is for admins.');
    if (!this.isMeant(request, caller)) return refuse(reply, 403, 'This request came from another site.');
    return undefined;
  }

  private turnAway(request: FastifyRequest, reply: FastifyReply): unknown {
    if (reading.has(request.method) && request.headers.accept?.includes('text/html'))
      return reply.redirect(`/login?then=${encodeURIComponent(request.url)}`);
    return refuse(reply, 401, 'Sign in first.');
  }

  /**
   * The board knows nothing of our CSRF token, so a browser's changes must come from our own pages: browsers name the origin
   * of every request that may change something, and no script can make them lie (Fetch standard, "Origin" header).
   */
  private isMeant({ method, headers, host }: FastifyRequest, { csrfToken }: Caller): boolean {
    if (reading.has(method) || !csrfToken) return true;
    const { origin } = headers;
    return origin !== undefined && URL.canParse(origin) && (origin === this.ourOrigin || new URL(origin).host === host);
  }
}

const about: Record<string, string> = {
  inbound: 'What came in and is to be taken into conversations. A job is a row of the ledger.',
  outbound: 'Replies that are to be sent. A job is an attempt of a delivery.',
};

/** The page would fetch its fonts from Google, whom our content policy keeps out, and who need not know when our admins look. */
const withoutForeignFonts = (payload: unknown) =>
  Promise.resolve(typeof payload === 'string' ? payload.replace(/<link href="https:[^>]*>/g, '') : payload);

const refuse = (reply: FastifyReply, status: number, detail: string) =>
  reply.status(status).type('application/problem+json').send({ type: 'about:blank', title: STATUS_CODES[status], status, detail });
