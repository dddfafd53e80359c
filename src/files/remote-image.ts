import type { OnModuleDestroy } from '@nestjs/common';
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { isPrivateAddress } from '#libs/connector';
import { Invalid } from '../errors.js';

const maxBytes = 10 * 2 ** 20;
const maxRedirects = 3;
const patienceMs = 5_000;
/** What a browser draws and nothing can run in; SVG may hold scripts. */
const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp', 'image/x-icon']);

export interface RemoteImage {
  contentType: string;
  content: Buffer;
}

/**
 * Fetches pictures that mails, profiles and posts refer to, without telling who reads: no cookies, no referrer. Addresses inside private
 * networks are refused when the connection is made, so that neither a redirect nor a name that changes gets past.
 */
export class RemoteImages implements OnModuleDestroy {
  private readonly agent: Agent;

  constructor(private readonly allowPrivateHosts: boolean) {
    this.agent = new Agent({ connect: { lookup: publicOnly(allowPrivateHosts), timeout: patienceMs }, maxResponseSize: maxBytes });
  }

  /** Throws Invalid with the reason when there is no picture to be had. */
  async fetch(address: string): Promise<RemoteImage> {
    const signal = AbortSignal.timeout(patienceMs);
    let url = this.checked(address);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const answer = await this.ask(url, signal);
      const next = answer.statusCode >= 300 && answer.statusCode < 400 && answer.headers.location;
      if (!next) return pictureIn(answer);
      await answer.body.dump();
      url = this.checked(new URL(String(next), url).href);
    }
    throw new Invalid('This picture is redirected too often.');
  }

  onModuleDestroy(): Promise<void> {
    return this.agent.destroy();
  }

  private async ask(url: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await request(url, { dispatcher: this.agent, signal, headers: { accept: 'image/*', 'user-agent': 'Tributary' } });
    } catch (error) {
      throw unreachable(url, error as Error);
    }
  }

  private checked(address: string): URL {
    const url = URL.parse(address);
    if (!url || !['http:', 'https:'].includes(url.protocol)) throw new Invalid('This is no web address of a picture.');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A literal address is connected to without being looked up.
    if (isIP(host) && isPrivateAddress(host) && !this.allowPrivateHosts) throw new Invalid(`${host} is inside a private network.`);
    return url;
  }
}

const publicOnly =
  (allowPrivateHosts: boolean): LookupFunction =>
  (host, options, done) =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const allowed = error ? [] : addresses.filter(({ address }) => allowPrivateHosts || !isPrivateAddress(address));
      const [first] = allowed;
      if (!first) return done(error ?? new Error(`${host} is inside a private network`), '', 0);
      return options.all ? done(null, allowed) : done(null, first.address, first.family);
    });

async function pictureIn({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<RemoteImage> {
  const contentType = String(headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase();
  if (statusCode !== 200 || !pictures.has(contentType)) {
    await body.dump();
    throw new Invalid(
      statusCode === 200 ? 'What lies there is no picture.' : `The picture is not to be had: its server answered ${statusCode}.`,
    );
  }
  try {
    return { contentType, content: Buffer.from(await body.arrayBuffer()) };
  } catch (error) {
    throw unreachable(null, error as Error);
  }
}

function unreachable(url: URL | null, error: Error): Invalid {
  const tooLarge = (error as NodeJS.ErrnoException).code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
  if (tooLarge) return new Invalid(`This picture has more than ${maxBytes / 2 ** 20} MB.`);
  if (error.name === 'TimeoutError') return new Invalid('The server of this picture does not answer.');
  return new Invalid(`The picture cannot be fetched${url ? ` from ${url.hostname}` : ''}: ${error.message}`);
}
