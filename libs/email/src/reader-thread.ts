import { MalformedPayload } from '#libs/connector';
import { understand } from './understand.js';
import type { Mail } from './read-mail.js';
import type { ReaderTask } from './reader-pool.js';

/** What a thread of the pool runs. An error loses its class on the way between threads, so the one that counts is told apart here. */
export default async function ({ source, receivedAt, spool }: ReaderTask): Promise<{ mail: Mail } | { malformed: string }> {
  try {
    return { mail: await understand(source instanceof Uint8Array ? asBuffer(source) : source, receivedAt, spool) };
  } catch (error) {
    if (error instanceof MalformedPayload) return { malformed: error.message };
    throw error;
  }
}

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length);
