import { Header } from 'tar';

/** A file in an archive; `size` in bytes. */
export interface TarEntry {
  path: string;
  size: number;
  content: AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** What is read is not what was once written. */
export class Damaged extends Error {}

const block = 512;
const padding = (size: number) => (block - (size % block)) % block;

/** The bytes of a tar file (POSIX ustar) of these entries, made as they are read, so that no entry needs to be in memory. */
export async function* pack(entries: AsyncIterable<TarEntry>, time: Date): AsyncGenerator<Buffer> {
  for await (const { path, size, content } of entries) {
    const header = Buffer.alloc(block);
    new Header({ path, size, mode: 0o600, mtime: time, type: 'File', uid: 0, gid: 0 }).encode(header);
    yield header;
    let left = size;
    for await (const chunk of content) {
      left -= chunk.length;
      if (left < 0) break;
      yield chunk;
    }
    if (left !== 0) throw new Error(`${path} changed while it was read.`);
    yield Buffer.alloc(padding(size));
  }
  yield Buffer.alloc(2 * block);
}

/** The entries of a tar file. The content of each can be read until the next one is asked for. Throws {@link Damaged}. */
export async function* unpack(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new Bytes(source);
  for (;;) {
    const header = new Header(await bytes.take(block));
    if (header.nullBlock) return;
    if (!header.cksumValid || !header.path) throw new Damaged('an entry has no readable name');
    const size = header.size ?? 0;
    let left = size;
    const content = async function* () {
      while (left > 0) {
        const some = await bytes.some(left);
        left -= some.length;
        yield some;
      }
    };
    yield { path: header.path, size, content: content() };
    // What nobody read.
    for await (const some of content()) void some;
    await bytes.take(padding(size));
  }
}

class Bytes {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** At least one byte, at most so many. */
  async some(most: number): Promise<Buffer> {
    while (!this.rest.length) {
      const next = await this.source.next();
      if (next.done) throw new Damaged('it ends in the middle');
      this.rest = next.value;
    }
    const some = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(most);
    return some;
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = size; left > 0; left -= parts.at(-1)!.length) parts.push(await this.some(left));
    return Buffer.concat(parts);
  }
}
