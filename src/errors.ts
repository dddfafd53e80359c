import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger, type ValidationError } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { isOutage } from './outage.js';
import { reason } from './reason.js';

export interface FieldError {
  path: string;
  message: string;
}

/** A failure that the caller can act on; `message` is shown to them. */
export abstract class Problem extends Error {
  abstract readonly status: number;
  /** Goes into the answer beside the standard members. */
  readonly extra: Record<string, unknown> = {};
  /** When to ask again, in milliseconds from now; told as `Retry-After` (RFC 9110 §10.2.3). */
  readonly retryAfterMs: number | null = null;
}

export class NotFound extends Problem {
  readonly status = 404;
}

export class Unauthorized extends Problem {
  readonly status = 401;
}

export class Forbidden extends Problem {
  readonly status = 403;
}

/** Somebody was faster or the thing is in another state; `extra` tells what is new. */
export class Conflict extends Problem {
  readonly status = 409;
  constructor(
    message: string,
    override readonly extra: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** It was here, and will not come back. */
export class Gone extends Problem {
  readonly status = 410;
}

export class PreconditionFailed extends Problem {
  readonly status = 412;
}

export class BadRequest extends Problem {
  readonly status = 400;
}

export class TooLarge extends Problem {
  readonly status = 413;
}

/** The request is understood and refused, with a reason a person can act on. */
export class Invalid extends Problem {
  readonly status = 422;
  override readonly extra: Record<string, unknown>;
  constructor(message: string, errors: FieldError[] = []) {
    super(message);
    this.extra = errors.length ? { errors } : {};
  }
}

/** A platform has had enough of us for now. */
export class TooManyRequests extends Problem {
  readonly status = 429;
  constructor(
    message: string,
    override readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

/** A platform cannot be reached, or does not know itself what it did. */
export class Unavailable extends Problem {
  readonly status = 503;
  constructor(
    message: string,
    override readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

const outageRetryMs = 5_000;

/** What class-validator found, as dotted paths. */
export function fieldErrors(errors: ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const path = parent ? `${parent}.${property}` : property;
    const own = Object.values(constraints ?? {}).map((message) => ({ path, message }));
    return [...own, ...fieldErrors(children ?? [], path)];
  });
}

/** Answers every failure as RFC 9457 `application/problem+json`; what is our fault is logged and not explained to the caller. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = !(thrown instanceof Problem) && isOutage(thrown) ? this.outage(thrown) : thrown;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { status, detail, extra } = describe(error);
    if (status === 500) this.logger.error(error);
    if (reply.raw.headersSent) return void reply.raw.destroy();
    const retryAfterMs = error instanceof Problem ? error.retryAfterMs : null;
    if (retryAfterMs !== null) void reply.header('retry-after', Math.ceil(retryAfterMs / 1_000));
    void reply
      .status(status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...extra });
  }

  /** Nothing is wrong with what was asked; 503 tells platforms and browsers to ask again. */
  private outage(error: unknown): Unavailable {
    this.logger.warn({ error: reason(error) }, 'cannot answer now');
    return new Unavailable('Something that Tributary needs cannot be used right now. Try again in a moment.', outageRetryMs);
  }
}

function describe(error: unknown): { status: number; detail: string; extra: Record<string, unknown> } {
  if (error instanceof Problem) return { status: error.status, detail: error.message, extra: error.extra };
  if (error instanceof HttpException) return { status: error.getStatus(), detail: error.message, extra: {} };
  // Fastify's own refusals (body too large, unknown media type) carry their status.
  const status = (error as { statusCode?: number }).statusCode;
  if (status && status < 500) return { status, detail: (error as Error).message, extra: {} };
  return { status: 500, detail: 'Something went wrong on our side. It has been logged.', extra: {} };
}
