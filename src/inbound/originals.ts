import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';

/** RFC 5322 in a file, and JSON. */
const types: Record<string, string> = { eml: 'message/rfc822', json: 'application/json' };

/** Hands out what came from outside as a file: never to be shown in the browser, where it could run as a page of ours. */
export async function sendOriginal(reply: FastifyReply, content: Buffer | Readable, name: string, extension: string): Promise<void> {
  await reply
    .type(types[extension] ?? 'application/octet-stream')
    .header('content-disposition', `attachment; filename="${name}.${extension}"`)
    .header('x-content-type-options', 'nosniff')
    .send(content);
}
