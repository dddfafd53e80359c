import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import { type INestApplicationContext, Logger, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import { AppModule, type Foundations } from './app.module.js';
import { Vault } from './channels/vault.js';
import type { Config } from './config.js';
import { openDatabase } from './database/data-source.js';
import { endDeadLeases } from './database/dead-leases.js';
import { Conflict, fieldErrors, Invalid } from './errors.js';
import { parseBodies } from './http/body-parser.js';
import { webRoot } from './http/web.controller.js';
import { makeLogger } from './logger.js';
import { describeApi } from './http/openapi.js';
import { People } from './people/people.service.js';
import { openBackend } from './queue/queue.module.js';

const maxUploadBytes = 25 * 1024 * 1024;

export interface RunningApp {
  /** Where HTTP listens; null for a worker that nobody may ask. */
  url: string | null;
  /** Finishes the jobs in hand, then closes everything. */
  stop(): Promise<void>;
}

/** Starts the role that the configuration names. Throws before anything listens when a foundation is missing. */
export async function startApp(config: Config): Promise<RunningApp> {
  const logger = makeLogger(config.LOG_LEVEL);
  Logger.overrideLogger(logger);
  const vault = Vault.open(config);
  const database = await openDatabase(config);
  await endDeadLeases(database);
  const backend = await openBackend(config).catch(async (error: unknown) => {
    await database.destroy();
    throw error;
  });
  const close = async (app?: INestApplicationContext) => {
    await app?.close();
    await backend.redis?.stop();
    await database.destroy();
  };
  let app: INestApplicationContext | undefined;
  try {
    const foundations = { config, database, backend, vault };
    app =
      config.listenPort !== null
        ? await makeHttpApp(foundations)
        : await NestFactory.createApplicationContext(AppModule.register(foundations), { logger });
    await createAdmin(app.get(People), config);
    const url = config.listenPort !== null ? await listen(app as NestFastifyApplication, config.listenPort, config.HOST) : null;
    return { url, stop: () => close(app) };
  } catch (error) {
    await close(app);
    throw error;
  }
}

/** The HTTP side, complete but not yet listening. */
export async function makeHttpApp(foundations: Foundations): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ trustProxy: 'loopback', forceCloseConnections: true, bodyLimit: maxUploadBytes });
  const logger = makeLogger(foundations.config.LOG_LEVEL);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(foundations), adapter, {
    bodyParser: false,
    logger,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  parseBodies(fastify);
  await app.register(cookie);
  await app.register(multipart, { limits: { fileSize: maxUploadBytes, files: 1 } });
  await app.register(helmet, { contentSecurityPolicy: { directives: policy }, hsts: foundations.config.publicUrl.startsWith('https:') });
  await app.register(fastifyStatic, { root: existsSync(webRoot) ? webRoot : import.meta.dirname, serve: false });
  logRequests(fastify);
  app.useGlobalPipes(
    new ValidationPipe({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: (errors) => new Invalid('Some values are missing or wrong.', fieldErrors(errors)),
    }),
  );
  if (foundations.config.servesHttp) describeApi(app);
  return app;
}

/** `upgrade-insecure-requests` would break an installation without TLS. */
const policy = {
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'connect-src': ["'self'"],
  'frame-src': ["'self'", 'about:', 'data:'],
  'frame-ancestors': ["'none'"],
  'upgrade-insecure-requests': null,
};

function logRequests(fastify: FastifyInstance): void {
  const logger = new Logger('http');
  fastify.addHook('onResponse', (request, reply, done) => {
    logger.debug(
      { method: request.method, route: request.routeOptions.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    );
    done();
  });
}

async function createAdmin(people: People, { ADMIN_EMAIL, ADMIN_PASSWORD }: Config): Promise<void> {
  if (!ADMIN_EMAIL || !ADMIN_PASSWORD || !(await people.needsSetup())) return;
  try {
    await people.createFirstAdmin({ name: ADMIN_EMAIL.split('@')[0]!, email: ADMIN_EMAIL, password: ADMIN_PASSWORD });
  } catch (error) {
    // Another process that started at the same moment was faster, with the same environment.
    if (!(error instanceof Conflict)) throw error;
  }
}

async function listen(app: NestFastifyApplication, port: number, host: string): Promise<string> {
  await app.listen(port, host);
  const url = await app.getUrl();
  new Logger('app').log({ url }, 'listening');
  return url;
}
