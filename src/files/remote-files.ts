import type { OnApplicationShutdown } from '@nestjs/common';
import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Transform, type Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { isPrivateAddress } from '#libs/connector';
import { Invalid } from '../errors.js';

const maxRedirects = 3;
const connectMs = 5_000;
const silentMs = 20_000;

/** A file that cannot be had, with the reason. `passes`: it may be to be had later. */
export class Unfetched extends Invalid {
  constructor(
    message: string,
    readonly passes: boolean,
  ) {
    super(message);
  }
}

/** What a server answered; the body has to be read or discarded. Bytes. */
export interface RemoteFile {
  statusCode: number;
  /** Without parameters, in lower case; empty where none is told. */
  contentType: string;
  size: number | null;
  /** Of a part: which one, as `Content-Range` has it. */
  range: string | null;
  body: Readable;
  discard(): Promise<void>;
}

/**
 * Fetches what strangers' messages point to, without telling who reads: no cookies, no referrer. Addresses inside private
 * networks are refused when the connection is made, so that neither a redirect nor a name that changes gets past.
 */
export class RemoteFiles implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(private readonly allowPrivateHosts: boolean) {
    const connect = { lookup: publicOnly(allowPrivateHosts), timeout: connectMs };
    this.agent = new Agent({ connect, headersTimeout: silentMs, bodyTimeout: silentMs });
  }

  /** Asks for a file, or with `range` for a part of it (RFC 9110 §14.2), wherever it has moved to. Throws {@link Unfetched}. */
  async open(
    address: string,
    { accept = '*/*', range, signal }: { accept?: string; range?: string; signal?: AbortSignal } = {},
  ): Promise<RemoteFile> {
    const headers = { accept, 'user-agent': 'Tributary', ...(range && { range }) };
    let url = this.checked(address);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const answer = await this.ask(url, headers, signal);
      const next = answer.statusCode >= 300 && answer.statusCode < 400 && answer.headers.location;
      if (!next) return remoteFile(answer);
      await answer.body.dump();
      url = this.checked(new URL(String(next), url).href);
    }
    throw new Unfetched('This file is redirected too often.', false);
  }

  onApplicationShutdown(): Promise<void> {
    return this.agent.destroy();
  }

  private async ask(url: URL, headers: Record<string, string>, signal?: AbortSignal): Promise<Dispatcher.ResponseData> {
    try {
      return await request(url, { dispatcher: this.agent, headers, signal });
    } catch (error) {
      if (error instanceof InsideError) throw new Unfetched(error.message, false);
      throw unreachable(error as Error, url.hostname);
    }
  }

  private checked(address: string): URL {
    const url = URL.parse(address);
    if (!url || !['http:', 'https:'].includes(url.protocol)) throw new Unfetched('This is no web address of a file.', false);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A literal address is connected to without being looked up.
    if (isIP(host) && isPrivateAddress(host) && !this.allowPrivateHosts) throw new Unfetched(new InsideError(host).message, false);
    return url;
  }
}

class InsideError extends Error {
  constructor(host: string) {
    super(`${host} is inside a private network.`);
  }
}

const publicOnly =
  (allowPrivateHosts: boolean): LookupFunction =>
  (host, options, done) =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const allowed = error ? [] : addresses.filter(({ address }) => allowPrivateHosts || !isPrivateAddress(address));
      const [first] = allowed;
      if (!first) return done(error ?? new InsideError(host), '', 0);
      return options.all ? done(null, allowed) : done(null, first.address, first.family);
    });

function remoteFile({ statusCode, headers, body }: Dispatcher.ResponseData): RemoteFile {
  const said = (name: string) => String(headers[name] ?? '');
  return {
    statusCode,
    contentType: said('content-type').split(';')[0]!.trim().toLowerCase(),
    size: /^\d+$/.test(said('content-length')) ? Number(said('content-length')) : null,
    range: said('content-range') || null,
    body,
    discard: () => body.dump(),
  };
}

/** What platforms answer when an address has run out, or what lay there was taken back. */
export const isGone = (statusCode: number): boolean => [403, 404, 410].includes(statusCode);

/** Why bytes did not come; where nobody knows better it may pass. */
export function unreachable(error: Error, host?: string): Unfetched {
  if (error instanceof Unfetched) return error;
  if (error.name === 'TimeoutError' || /TIMEOUT/.test(String((error as NodeJS.ErrnoException).code)))
    return new Unfetched('The server of this file does not answer.', true);
  return new Unfetched(`The file cannot be fetched${host ? ` from ${host}` : ''}: ${error.message}`, true);
}

/** Passes bytes on, and fails with {@link Unfetched} when there are more than that: what a server says of the size is only its word. */
export function atMost(maxBytes: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed > maxBytes) done(new Unfetched(`This file has more than ${maxBytes / 2 ** 20} MB.`, false));
      else done(null, chunk);
    },
  });
}
