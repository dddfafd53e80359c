import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { typeByContent, typeOf, withEnding } from './content-type.js';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

test.each([
  ['ff d8 ff e0 00 10', 'image/jpeg'],
  ['89 50 4e 47 0d 0a 1a 0a', 'image/png'],
  ['52 49 46 46 24 00 00 00 57 45 42 50', 'image/webp'],
  ['52 49 46 46 24 00 00 00 57 41 56 45', 'audio/wav'],
  ['00 00 00 1c 66 74 79 70 4d 34 41 20', 'audio/mp4'],
  ['00 00 00 18 66 74 79 70 6d 70 34 32', 'video/mp4'],
  ['25 50 44 46 2d 31 2e 37', 'application/pdf'],
])('%s begins a file of type %s', (start, type) => expect(typeByContent(bytes(start))).toBe(type));

test('what has no mark at its beginning is nothing known', () => {
  expect(typeByContent(Buffer.from('<html>'))).toBeNull();
  expect(typeByContent(Buffer.alloc(0))).toBeNull();
});

test('bytes are believed before the server, and the server before a guess', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-'));
  const path = join(directory, 'file');
  const typed = async (content: Buffer | string, said: string, expected: string) => {
    await writeFile(path, content);
    return typeOf(path, said, expected);
  };
  expect(await typed(bytes('ff d8 ff e0'), 'text/html', 'image/*')).toBe('image/jpeg');
  expect(await typed('a,b', 'text/csv', 'application/octet-stream')).toBe('text/csv');
  expect(await typed('a,b', 'application/octet-stream', 'text/csv')).toBe('text/csv');
  expect(await typed('a,b', '', 'image/*')).toBe('application/octet-stream');
  await rm(directory, { recursive: true });
});

test('a name gets an ending where it has none', () => {
  expect(withEnding('photo', 'image/jpeg')).toBe('photo.jpg');
  expect(withEnding('a.b.jpeg', 'image/png')).toBe('a.b.jpeg');
  expect(withEnding('file', 'text/csv')).toBe('file');
});
