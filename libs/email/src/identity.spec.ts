import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, mailIdentity } from './identity.js';
import { messageIds } from './message-ids.js';
import { firstHeader, splitRaw } from './raw-headers.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'identity-'))));
afterAll(() => rm(folder, { recursive: true }));

/** The names as the first version gave them, with the whole mail in memory. They are stored; they must never change. */
function asStored(raw: Buffer): string {
  const { headers, body } = splitRaw(raw);
  const hash = createHash('sha256');
  for (const name of ['from', 'date', 'subject']) hash.update(`${firstHeader(headers, name).replace(/\s+/g, ' ')}\n`, 'latin1');
  const words = body
    .toString('latin1')
    .replace(/^--[^\r\n]*/gm, '')
    .replace(/^(content-type:[^\r\n]*|[ \t][^\r\n]*)\bboundary=[^\r\n]*/gim, '$1')
    .replace(/\s+/g, '');
  const digest = hash.update(words, 'latin1').digest('hex');
  const [id] = messageIds(firstHeader(headers, 'message-id'));
  return id && id.length <= 250 ? `mid:${id}#${digest.slice(0, 16)}` : `sha:${digest}`;
}

async function asFile(raw: Buffer) {
  const path = join(folder, 'mail.eml');
  await writeFile(path, raw);
  return identityOf({ path, size: raw.length });
}

test('mails of the ledger keep their keys', () => {
  expect(mailIdentity(Buffer.from('From: a@x.org\r\nSubject: s\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n'))).toBe('mid:1@x#bd9354fe6146ad09');
});

test('every fixture has the key it always had, in memory and as a file', async () => {
  const fixtures = new URL('fixtures/mime/', import.meta.url);
  for (const name of await readdir(fixtures)) {
    const raw = await readFile(new URL(name, fixtures));
    expect([mailIdentity(raw), (await asFile(raw)).key]).toEqual([asStored(raw), asStored(raw)]);
  }
});

describe('a mail too large for memory has the key it would have in it', () => {
  const top = 'From: a@x.org\r\nMessage-ID: <big@x>\r\n\r\n';
  const mega = 2 ** 20;
  let seed = 7;
  const random = (below: number) => (seed = (seed * 16_807) % 2_147_483_647) % below;
  const bits = [
    '\r',
    '\n',
    '\r\n',
    '--',
    ' ',
    '\t',
    'content-type:',
    'boundary=',
    'Xboundary=',
    'BOUNDARY=',
    '\xa0',
    'words ',
    'x'.repeat(50),
  ];
  const jumble = (length: number) => Array.from({ length }, () => bits[random(bits.length)]).join('');

  test.each<[string, () => string]>([
    ['of lines of all kinds', () => jumble(900_000)],
    ['with a line of 5 MB', () => `${'a b'.repeat(2 * mega)}\r\n--b\r\nend`],
    ['with a delimiter of 5 MB', () => `text\r\n--${'b'.repeat(5 * mega)}\r\nend`],
    ['with a parameter of 5 MB', () => `\r\n ${'x'.repeat(3 * mega)} boundary=${'y '.repeat(mega)}\r\nend`],
    [
      'with several boundaries in one endless line',
      () => `\r\n\tboundary=1 ${'x'.repeat(2 * mega)};boundary=2 ${'yboundary= '.repeat(300_000)}; boundary=3`,
    ],
    ['with boundaries everywhere in one endless line', () => `\r\nContent-Type: ${';boundary='.repeat(400_000)}`],
  ])('%s', async (_what, body) => {
    const raw = Buffer.from(top + body(), 'latin1');
    expect(raw.length).toBeGreaterThan(2 * mega);
    const stored = { key: asStored(raw), messageId: 'big@x' };
    expect([await asFile(raw), await identityOf(raw)]).toEqual([stored, stored]);
  });

  test('also one that is nothing but headers', async () => {
    const raw = Buffer.from(`${top.trimEnd()}\r\n${'X-A: b\r\n'.repeat(400_000)}\r\nbody`);
    expect((await asFile(raw)).key).toBe(asStored(raw));
  });
});
