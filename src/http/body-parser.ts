import type { FastifyInstance } from 'fastify';
import { BadRequest, Problem } from '../errors.js';

/** Meta's largest webhook body; nothing else we take as JSON comes near it. */
export const maxBodyBytes = 3 * 1024 * 1024;

class UnsupportedMediaType extends Problem {
  readonly status = 415;
}

/** Webhook bodies stay the bytes they are, because signatures are made over them; all other bodies are JSON. */
export function parseBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (request, body, done) => {
    if (request.url.startsWith('/webhooks/')) return done(null, body);
    if (!body.length) return done(null, undefined);
    if (!/^application\/([\w.-]+\+)?json\b/.test(request.headers['content-type'] ?? '')) {
      return done(new UnsupportedMediaType('Send JSON with the header Content-Type: application/json.'));
    }
    done(...parsed(body as Buffer));
  });
}

function parsed(body: Buffer): [Error | null, unknown] {
  try {
    return [null, JSON.parse(body.toString('utf8'), withoutPrototype)];
  } catch (error) {
    return [new BadRequest(`The body is not JSON: ${(error as Error).message}`), undefined];
  }
}

const withoutPrototype = (key: string, value: unknown) => (key === '__proto__' ? undefined : value);
