import { pack, type TarEntry, unpack } from './tar.js';

async function* of<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

const entry = (path: string, ...parts: string[]): TarEntry => ({
  path,
  size: Buffer.byteLength(parts.join('')),
  content: parts.map((part) => Buffer.from(part)),
});

async function packed(...entries: TarEntry[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of pack(of(...entries), new Date(0))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** In pieces of so many bytes, as a stream may cut it anywhere. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(source: AsyncIterable<Buffer>): Promise<Array<[string, string]>> {
  const found: Array<[string, string]> = [];
  for await (const { path, content } of unpack(source)) {
    let text = '';
    for await (const chunk of content) text += chunk.toString('latin1');
    found.push([path, text]);
  }
  return found;
}

const long = `tables/${'conversation_link'}/000001-${'a'.repeat(64)}.ndjson`;
const entries = () => [entry('empty'), entry('one', 'x'.repeat(512)), entry(long, 'y'.repeat(300), 'z'.repeat(300)), entry('last', 'end')];

test.each([1, 511, 512, 513, 100_000])('what was packed is read again, in whatever pieces of %d bytes it comes', async (size) => {
  expect(await read(inPieces(await packed(...entries()), size))).toEqual([
    ['empty', ''],
    ['one', 'x'.repeat(512)],
    [long, 'y'.repeat(300) + 'z'.repeat(300)],
    ['last', 'end'],
  ]);
});

test('what nobody reads of an entry does not get into the next', async () => {
  const paths: string[] = [];
  for await (const { path, content } of unpack(inPieces(await packed(...entries()), 100))) {
    paths.push(path);
    for await (const some of content) if (some.length) break;
  }
  expect(paths).toEqual(['empty', 'one', long, 'last']);
});

test('an archive that ends before its end, or whose names are damaged, is told from a whole one', async () => {
  const bytes = await packed(...entries());
  await expect(read(inPieces(bytes.subarray(0, bytes.length - 1024), 100))).rejects.toThrow('it ends in the middle');
  bytes[3]! ^= 1;
  await expect(read(inPieces(bytes, 100))).rejects.toThrow('no readable name');
});

test('content of another length than was said is no archive', async () => {
  await expect(packed({ path: 'file', size: 3, content: [Buffer.from('four')] })).rejects.toThrow('file changed while it was read');
  await expect(packed({ path: 'file', size: 5, content: [Buffer.from('four')] })).rejects.toThrow('file changed while it was read');
});
