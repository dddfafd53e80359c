import type { FastifyReply } from 'fastify';
import type { RemoteImage } from './remote-image.js';

/** Answers with a picture that came from elsewhere, to be drawn and nothing more. `maxAge` in seconds. */
export async function sendPicture(reply: FastifyReply, { contentType, content }: RemoteImage, maxAge: number): Promise<void> {
  await reply
    .type(contentType)
    .header('cache-control', `private, max-age=${maxAge}`)
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('x-content-type-options', 'nosniff')
    .send(content);
}
