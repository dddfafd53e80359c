import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Clock } from './clock.js';
import type { GraphCall } from './graph-api.js';
import type { MediaFile } from './media-files.js';
import { metaId } from './random.js';
import { RawAnswer } from './raw-answer.js';

const DAY = 24 * 3_600_000;
/** How long the address of a file works: of a story, of what people sent on Instagram, of anything on Facebook. */
export const livesMs = { story: DAY, instagram: 3 * DAY, facebook: 14 * DAY };

/** How the address of a file may fail: late, without an end in sight, or pointing where no server of ours should look. */
export type CdnFault = { slowMs: number } | { hugeBytes: number } | { redirectTo: string };

interface StoredFile extends MediaFile {
  life: keyof typeof livesMs;
  gone: boolean;
  fault?: CdnFault;
}

/** Meta's file servers: addresses carry a signature and an expiry, and stop when what they belong to is unsent. */
export class Cdn {
  private readonly files = new Map<string, StoredFile>();

  constructor(
    private readonly clock: Clock,
    private readonly seed: number,
    private readonly platformUrl: () => string,
  ) {}

  /** Keeps a file; returns its id. */
  keep(file: MediaFile, life: keyof typeof livesMs, fault?: CdnFault): string {
    const id = metaId('file', this.seed, this.clock.now(), this.files.size);
    this.files.set(id, { ...file, life, gone: false, fault });
    return id;
  }

  /** What is known of a file; of another run's nothing. */
  find(id: string): (MediaFile & { size: number }) | undefined {
    const file = this.files.get(id);
    return file && { ...file, size: file.bytes.length };
  }

  /** From now on its addresses answer 404. */
  remove(id: string): void {
    const file = this.files.get(id);
    if (file) file.gone = true;
  }

  /** A fresh address of the file: `scontent` with `oe`, the expiry in hex, or `lookaside` for Instagram. */
  url(id: string): string {
    const file = this.files.get(id);
    const until = this.clock.now() + livesMs[file?.life ?? 'facebook'];
    const expiry = Math.floor(until / 1000)
      .toString(16)
      .toUpperCase();
    if (file?.life === 'facebook')
      return `${this.platformUrl()}/scontent.fbcdn.net/v/${id}_${encodeURIComponent(file.name)}?oh=${this.signature(id, expiry)}&oe=${expiry}`;
    return `${this.platformUrl()}/lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=${id}&signature=${expiry}.${this.signature(id, expiry)}`;
  }

  /** Answers `GET` of a file, and `undefined` where another host was asked. */
  answer({ host, path, query }: GraphCall): RawAnswer | Promise<RawAnswer> | undefined {
    if (host !== 'scontent.fbcdn.net' && host !== 'lookaside.fbsbx.com') return undefined;
    const id = query.get('asset_id') ?? /^\/v\/(\d+)_/.exec(path)?.[1] ?? '';
    const [expiry = '', signature] = query.get('signature')?.split('.') ?? [query.get('oe') ?? '', query.get('oh') ?? ''];
    const file = this.files.get(id);
    if (!file || file.gone) return plain(404, 'Content not found');
    if (signature !== this.signature(id, expiry)) return plain(403, 'URL signature mismatch');
    if (Number.parseInt(expiry, 16) * 1000 < this.clock.now()) return plain(403, 'URL signature expired');
    return this.serve(file);
  }

  private async serve({ fault, contentType, bytes }: StoredFile): Promise<RawAnswer> {
    if (fault && 'redirectTo' in fault) return RawAnswer.redirect(fault.redirectTo);
    if (fault && 'slowMs' in fault) await this.clock.pause(fault.slowMs);
    const headers = { 'Content-Type': contentType };
    return new RawAnswer(200, headers, fault && 'hugeBytes' in fault ? endless(bytes, fault.hugeBytes) : bytes);
  }

  private signature(id: string, expiry: string): string {
    return createHmac('sha256', `cdn ${this.seed}`).update(`${id} ${expiry}`).digest('hex').slice(0, 24);
  }
}

const plain = (status: number, body: string) => new RawAnswer(status, { 'Content-Type': 'text/plain' }, body);

/** Begins like the file and goes on with zeros up to the size. */
function endless(start: Buffer, size: number): Readable {
  const block = Buffer.alloc(64 * 1024);
  return Readable.from(
    (function* () {
      yield start;
      for (let sent = start.length; sent < size; sent += block.length) yield block.subarray(0, Math.min(block.length, size - sent));
    })(),
  );
}
