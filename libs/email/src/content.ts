import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Content } from '#libs/connector';

const inMemory = 256 * 2 ** 10;
const pieceBytes = 2 ** 17;

export const sizeOf = (content: Content) => (Buffer.isBuffer(content) ? content.length : content.size);

/** The first bytes of something, at most `limit`. */
export async function headOf(content: Content, limit: number): Promise<Buffer> {
  if (Buffer.isBuffer(content)) return content.subarray(0, limit);
  const file = await open(content.path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.allocUnsafe(Math.min(limit, content.size)), position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** All bytes from `start` on, in pieces. */
export async function* piecesOf(content: Content, start: number): AsyncGenerator<Buffer> {
  if (!Buffer.isBuffer(content)) yield* createReadStream(content.path, { start, highWaterMark: pieceBytes }) as AsyncIterable<Buffer>;
  else for (let at = start; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

/** All bytes, or null when there are more than `limit` of them. */
export async function bytesOf(content: Content, limit: number): Promise<Buffer | null> {
  if (sizeOf(content) > limit) return null;
  return Buffer.isBuffer(content) ? content : readFile(content.path);
}

/** Where the attachments of one mail go that are too large to be held in memory. */
export class Spool {
  constructor(private readonly directory: string) {}

  /** The bytes of a stream: in memory up to 256 KB, else in a file of the directory. */
  async keep(stream: AsyncIterable<Buffer>): Promise<Content> {
    const source = stream[Symbol.asyncIterator]();
    const chunks: Buffer[] = [];
    for (let size = 0; size <= inMemory;) {
      const next = await source.next();
      if (next.done) return Buffer.concat(chunks);
      chunks.push(next.value);
      size += next.value.length;
    }
    // A mail within the mail may be read into the same directory.
    const path = join(this.directory, randomUUID());
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const file = createWriteStream(path, { flags: 'wx' });
    await pipeline(chunksAndRest(chunks, source), file);
    return { path, size: file.bytesWritten };
  }
}

async function* chunksAndRest(chunks: Buffer[], source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks.splice(0);
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}
