import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { Invalid } from '../errors.js';
import { atMost, type RemoteFile, type RemoteFiles, unreachable } from './remote-files.js';

const maxBytes = 10 * 2 ** 20;
const patienceMs = 5_000;
/** What a browser draws and nothing can run in; SVG may hold scripts. */
const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp', 'image/x-icon']);

export interface RemoteImage {
  contentType: string;
  content: Buffer;
}

/** Fetches pictures that mails, profiles and posts refer to, while somebody waits to see them. */
export class RemoteImages {
  constructor(private readonly files: RemoteFiles) {}

  /** Throws Invalid with the reason when there is no picture to be had. */
  async fetch(address: string): Promise<RemoteImage> {
    const file = await this.files.open(address, { accept: 'image/*', signal: AbortSignal.timeout(patienceMs) });
    const { statusCode, contentType } = file;
    if (statusCode === 200 && pictures.has(contentType)) return { contentType, content: await contentOf(file) };
    await file.discard();
    throw new Invalid(
      statusCode === 200 ? 'What lies there is no picture.' : `The picture is not to be had: its server answered ${statusCode}.`,
    );
  }
}

async function contentOf({ body }: RemoteFile): Promise<Buffer> {
  const whole = new PassThrough();
  try {
    const [content] = await Promise.all([buffer(whole), pipeline(body, atMost(maxBytes), whole)]);
    return content;
  } catch (error) {
    throw unreachable(error as Error);
  }
}
