import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Content } from '#libs/connector';
import { Gone } from '../errors.js';
import type { FileStore } from '../files/file-store.js';
import type { InboundEvent } from './inbound-event.entity.js';

type Kept = Pick<InboundEvent, 'payload' | 'payloadSha256' | 'payloadSize' | 'payloadKept'>;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Why there is nothing to read any more, and where to change that. */
export const dropped = 'Its raw bytes were dropped some time after it had been dealt with, as LEDGER_KEEP_DAYS says.';

/** The bytes as they came, however they are kept. Throws Gone when they were dropped. */
export async function payloadOf(row: Kept, files: FileStore): Promise<Content> {
  if (row.payloadKept === 'dropped') throw new Gone(dropped);
  if (row.payloadSha256) return { path: files.path(row.payloadSha256), size: row.payloadSize };
  return row.payloadKept === 'packed' ? decompress(row.payload) : row.payload;
}

/** The same, to be sent on. */
export async function payloadStream(row: Kept, files: FileStore): Promise<Buffer | Readable> {
  const content = await payloadOf(row, files);
  return Buffer.isBuffer(content) ? content : files.stream(row.payloadSha256!);
}

/** Null when it would not get smaller. As gzip (RFC 1952), which every Node and every operator's tools can undo. */
export async function packed(payload: Buffer): Promise<Buffer | null> {
  const smaller = await compress(payload);
  return smaller.length < payload.length ? smaller : null;
}
