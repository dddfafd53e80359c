import type { LoggerService } from '@nestjs/common';
import pino from 'pino';
import pretty from 'pino-pretty';
import { reason } from './reason.js';
import { RepeatedLines } from './repeated-lines.js';

const redacted = ['password', 'token', 'secret', 'authorization', 'cookie'].flatMap((name) => [name, `*.${name}`]);

/** JSON lines on stdout; readable ones on a terminal. */
export function makeLogger(level: string): PinoLogger {
  const stream = process.stdout.isTTY
    ? pretty({ singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' })
    : process.stdout;
  return new PinoLogger(
    pino(
      {
        level,
        redact: { paths: redacted, censor: '[not shown]' },
        base: undefined,
        formatters: { level: (label) => ({ level: label }) },
        timestamp: pino.stdTimeFunctions.isoTime,
      },
      stream,
    ),
  );
}

/** Nest tells each module and route it finds at the start: of use only when looking for a fault there. */
const chatty = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** One for the process: what is told through two loggers is still the same. */
const repeated = new RepeatedLines();

/**
 * Nest's logger on pino: the first argument may be an object of facts, the second is then the sentence. Equal warnings and
 * errors are summed up.
 */
class PinoLogger implements LoggerService {
  constructor(private readonly pino: pino.Logger) {}

  log = (message: unknown, ...rest: unknown[]) => this.write('info', message, rest);
  error = (message: unknown, ...rest: unknown[]) => this.write('error', message, rest);
  warn = (message: unknown, ...rest: unknown[]) => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]) => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]) => this.write('trace', message, rest);
  fatal = (message: unknown, ...rest: unknown[]) => this.write('fatal', message, rest);

  private write(level: pino.Level, message: unknown, rest: unknown[]): void {
    // Nest appends the context as the last argument and, for errors, a stack before it.
    const context = rest.at(-1) as string | undefined;
    if (level === 'info' && chatty.has(context ?? '')) return this.write('debug', message, rest);
    const sentence = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    if (message instanceof Error) this.tell(level, { context, error: withoutData(message) }, sentence ?? reason(message));
    else if (typeof message === 'object' && message !== null) this.tell(level, { context, ...message }, sentence);
    else this.tell(level, { context, ...(sentence && { detail: sentence }) }, String(message));
  }

  private tell(level: pino.Level, facts: object, sentence?: string): void {
    if (level !== 'warn' && level !== 'error') return this.pino[level](facts, sentence);
    repeated.say(sameness([level, sentence, facts]), (more) => this.pino[level]({ ...facts, ...more }, sentence));
  }
}

/** Neither numbers make a line another one, be it jobs or milliseconds, nor the way that an error took to us. */
const sameness = (line: unknown): string =>
  JSON.stringify(line, (name, value: unknown) => (typeof value === 'number' || name === 'stack' ? undefined : value));

/** A failed query carries its parameters, and those are customers' words. */
const withoutData = ({ name, message, stack }: Error) => ({ name, message, stack });
