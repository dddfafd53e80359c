import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import { Logger, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { AppModule, type Foundations } from './app.module.js';
import { fieldErrors, Invalid } from './errors.js';
import { parseBodies } from './http/body-parser.js';
import type { FrontDoor } from './http/front-door.js';
import { describeApi } from './http/openapi.js';
import { webRoot } from './http/web.controller.js';
import { makeLogger } from './logger.js';

const maxUploadBytes = 25 * 1024 * 1024;

/** The HTTP side, complete behind a door that does not lead to it yet; `init()` makes it ready. */
export async function makeHttpApp(foundations: Foundations, door: FrontDoor): Promise<NestFastifyApplication> {
  const serverFactory = (answer: RequestListener) => door.prepare(answer);
  const adapter = new FastifyAdapter({ trustProxy: 'loopback', bodyLimit: maxUploadBytes, serverFactory });
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
