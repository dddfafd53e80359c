import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, map, mergeMap, type Observable, of, throwError } from 'rxjs';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { isDuplicate } from '../database/data-source.js';
import { Conflict, Invalid } from '../errors.js';
import { sha256 } from '../people/passwords.js';
import type { Caller } from '../people/people.service.js';
import { IdempotentRequest } from './idempotency.entity.js';

const secretAnswer = 'answers a secret';
/** A route whose answer must not be kept, not even to answer a repeated request the same: a secret, or what a customer may take back. */
export const AnswersSecret = () => SetMetadata(secretAnswer, true);

const keepMs = 24 * 3_600_000;
/** A request that runs longer than this has died with its process; the same key may try again. */
const aliveMs = 20_000;

type Row = Pick<IdempotentRequest, 'userId' | 'key'>;

/** Answers a POST that is repeated with the same `Idempotency-Key` as the first time, without doing it again. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly database: DataSource,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { caller?: Caller }>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || typeof key !== 'string' || !request.caller) return next.handle();
    if (this.reflector.get<boolean>(secretAnswer, context.getHandler())) return next.handle();
    if (key.length > 255) throw new Invalid('An Idempotency-Key may have 255 characters at most.');
    const row = { userId: request.caller.user.id, key };
    const earlier = await this.begin(row, sha256(`${request.url}\n${JSON.stringify(request.body ?? null)}`));
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (earlier) {
      void reply.status(earlier.status!).header('idempotent-replayed', 'true');
      return of(earlier.body);
    }
    return next.handle().pipe(
      mergeMap((body) => from(this.finish(row, reply.statusCode, body)).pipe(map(() => body as unknown))),
      catchError((error: unknown) =>
        from(this.database.manager.delete(IdempotentRequest, row)).pipe(mergeMap(() => throwError(() => error))),
      ),
    );
  }

  /** The earlier answer, or null when this request is the first. */
  private async begin(row: Row, fingerprint: string): Promise<IdempotentRequest | null> {
    const now = Date.now();
    await this.database.manager.delete(IdempotentRequest, { createdAt: LessThan(new Date(now - keepMs)) });
    try {
      await this.database.manager.insert(IdempotentRequest, { ...row, fingerprint, status: null, createdAt: new Date(now) });
      return null;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const earlier = await this.database.manager.findOneBy(IdempotentRequest, row);
    if (earlier && earlier.fingerprint !== fingerprint) throw new Invalid('This Idempotency-Key was used for another request.');
    if (earlier?.status) return earlier;
    // Its process may have died with it; then one of those who repeat it takes its place.
    const abandoned = { ...row, status: IsNull(), createdAt: LessThan(new Date(now - aliveMs)) };
    const { affected } = await this.database.manager.update(IdempotentRequest, abandoned, { createdAt: new Date(now) });
    if (earlier && !affected) throw new Conflict('The first request with this Idempotency-Key is still running.');
    return null;
  }

  private async finish(row: Row, status: number, body: unknown): Promise<void> {
    await this.database.manager.update(IdempotentRequest, row, { status, body: (body ?? null) as never });
  }
}
