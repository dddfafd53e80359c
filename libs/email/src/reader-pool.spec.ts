import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MalformedPayload } from '#libs/connector';
import { readMail } from './read-mail.js';
import { readInThread } from './reader-pool.js';
import { understand } from './understand.js';

const now = new Date('2026-03-02T09:30:00Z');
const top = 'From: a@b.org\r\nSubject: s\r\nMIME-Version: 1.0\r\n';
const mixed = `${top}Content-Type: multipart/mixed; boundary=b\r\n\r\n`;

let spool: string;
beforeEach(async () => (spool = await mkdtemp(join(tmpdir(), 'spool-'))));
afterEach(() => rm(spool, { recursive: true }));

const read = (raw: string | Buffer) => readMail(Buffer.from(raw), now, spool);

test('a thread gives what reading here gives, with real buffers', async () => {
  const raw = await readFile(new URL('fixtures/mime/tnef-winmail-dat.eml', import.meta.url));
  const mail = await readMail(raw, now, spool);
  expect(mail).toEqual(await understand(raw, now, spool));
  expect(mail.attachments.map(({ content }) => Buffer.isBuffer(content))).toEqual([true, true]);
});

test('large attachments are files of the spool, byte for byte, and a mail that is a file reads as one in memory', async () => {
  const large = Buffer.alloc(700_001, 'The quick brown fox. ');
  const part = `--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${large.toString('base64')}\r\n`;
  const raw = Buffer.from(`${mixed}--b\r\n\r\nHello\r\n${part}--b--\r\n`);
  const path = join(spool, 'mail.eml');
  await writeFile(path, raw);
  const mail = await readMail({ path, size: raw.length }, now, spool);
  const [content] = mail.attachments.map((attachment) => attachment.content);
  expect(content).toEqual({ path: expect.stringContaining(spool), size: large.length });
  expect((await readFile((content as { path: string }).path)).equals(large)).toBe(true);
  const other = await mkdtemp(join(tmpdir(), 'spool-'));
  expect({ ...(await readMail(raw, now, other)), attachments: [] }).toEqual({ ...mail, attachments: [] });
  await rm(other, { recursive: true });
});

test('a thread that takes too long is ended, and the next mail gets another', async () => {
  const slow = { source: Buffer.from(`${top}\r\n${'> words\r\n'.repeat(200_000)}`), receivedAt: now, spool };
  const failure = await readInThread(slow, 0.02).catch((error: unknown) => error);
  expect(failure).toEqual(new MalformedPayload('Reading the mail took longer than 0.02 seconds'));
  expect((await read(`${top}\r\nNext`)).text).toBe('Next');
});

test('no mail is blamed for the time in which the whole process stood still', async () => {
  const slow = { source: Buffer.from(`${top}\r\n${'> words\r\n'.repeat(200_000)}`), receivedAt: now, spool };
  const outcome = readInThread(slow, 0.02).catch((error: unknown) => error);
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_500);
  expect(await outcome).not.toBeInstanceOf(MalformedPayload);
});

test('mails wait for a thread without losing their time, and each gets its own answer', async () => {
  const texts = Array.from({ length: 12 }, (_, n) => `Mail number ${n}`);
  const mails = await Promise.all(texts.map((text) => read(`${top}\r\n${text}`)));
  expect(mails.map(({ text }) => text)).toEqual(texts);
});

describe('mail made to exhaust a parser is malformed', () => {
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, n) => `${n ? `--b${n - 1}\r\n` : ''}Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n`).join('');
  test.each<[string, () => string | Buffer, RegExp]>([
    ['10,000 nested parts', () => `${top}${nested(10_000)}x`, /nested deeper/],
    ['200,000 parts', () => `${mixed}${'--b\r\n\r\nx\r\n'.repeat(200_000)}`, /more than 1000 parts/],
    ['a header of 100 MB', () => Buffer.concat([Buffer.from(`${top}X-A: `), Buffer.alloc(100 * 2 ** 20, 'a')]), /header has more than/],
    ['a part’s header of 10 MB', () => `${mixed}--b\r\nX-A: ${'a'.repeat(10 * 2 ** 20)}`, /header block has more than/],
    [
      '1,000,000 addresses',
      () => `${top}To: ${Array.from({ length: 1e6 }, (_, n) => `a${n}@x.org`).join(',')}\r\n\r\nx`,
      /header has more than/,
    ],
    ['2,000,000 References', () => `${top}References: ${'<a@b> '.repeat(2e6)}\r\n\r\nx`, /header has more than/],
  ])('%s', async (_what, raw, reason) => {
    const failure = await read(raw()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MalformedPayload);
    expect((failure as Error).message).toMatch(reason);
  });
});

describe('odd but bounded mail is read', () => {
  test('100,000 addresses: the first hundred are shown', async () => {
    const { to, text } = await read(`${top}To: ${Array.from({ length: 100_000 }, (_, n) => `a${n}@x.org`).join(',\r\n ')}\r\n\r\nHi`);
    expect([to.length, text]).toEqual([100, 'Hi']);
  });

  test('100,000 References: the last two hundred count', async () => {
    const { references } = await read(`${top}References: ${Array.from({ length: 100_000 }, (_, n) => `<${n}@x>`).join('\r\n ')}\r\n\r\nHi`);
    expect([references.length, references.at(-1)]).toEqual([200, '99999@x']);
  });

  test('endless lines that begin like a boundary are text', async () => {
    const { text, attachments } = await read(`${mixed}--b\r\n\r\n${'--bb\r\n'.repeat(500_000)}`);
    expect(text).toMatch(/^--bb\n--bb\n/);
    expect(text).toMatch(/This is only the beginning/);
    expect(attachments.map(({ filename, content }) => [filename, Buffer.isBuffer(content)])).toEqual([['message.txt', false]]);
  });

  test('a hundred million bytes of HTML in many parts: what nobody can read stays files', async () => {
    const page = `--b\r\nContent-Type: text/html\r\n\r\n${'<p>word</p> '.repeat(10_000)}\r\n`;
    const { attachments, html } = await read(mixed + page.repeat(800));
    expect(attachments.length).toBeGreaterThan(700);
    expect(html?.length).toBeLessThan(5e6);
  });

  test('a zip of death stays packed, and a tower of HTML is its words', async () => {
    const zip = '--b\r\nContent-Type: application/zip; name=42.zip\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n';
    const tower = `--b\r\nContent-Type: text/html\r\n\r\n${'<div>'.repeat(200_000)}words\r\n`;
    const { attachments, text } = await read(`${mixed}${zip}${tower}--b--`);
    expect([attachments[0]?.filename, sizeOf(attachments), text]).toEqual(['42.zip', 4, 'words']);
  });

  const sizeOf = ([first]: Array<{ content: Buffer | { size: number } }>) =>
    Buffer.isBuffer(first?.content) ? first.content.length : null;
});

const built = new URL('../../../dist/libs/email/src/read-mail.js', import.meta.url);

/** Runs a module in a Node process of its own, where memory is its own and nothing else's. */
async function inProcess(script: string, args: string[]): Promise<string> {
  const start = ['--input-type=module', '--eval', script, '--', built.href, ...args];
  return (await promisify(execFile)(process.execPath, start, { env: { ...process.env, NODE_OPTIONS: '' } })).stdout.trim();
}

test('a mail of 60 MB with an attachment of 55 MB takes less than 80 MB of memory, and the process ends by itself', async () => {
  const line = `${Buffer.alloc(57, 'attachment ').toString('base64')}\r\n`;
  const path = join(spool, 'large.eml');
  const lines = Math.ceil((55 * 2 ** 20) / 57);
  await writeFile(
    path,
    `${mixed}--b\r\n\r\nHello\r\n--b\r\nContent-Type: video/mp4; name=a.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n`,
  );
  await writeFile(path, line.repeat(lines), { flag: 'a' });
  const script = `
    import { stat, writeFile, mkdir } from 'node:fs/promises';
    const [, module, path, spool] = process.argv;
    const { readMail } = await import(module);
    await mkdir(spool);
    await readMail(Buffer.from('From: a@b.org\\r\\n\\r\\nwarm'), new Date(), spool);
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
    const { attachments: [file], text } = await readMail({ path, size: (await stat(path)).size }, new Date(), spool);
    clearInterval(watch);
    console.log(JSON.stringify({ text, size: file.content.size, grown: (peak - before) / 2 ** 20 }));
  `;
  const { text, size, grown } = JSON.parse(await inProcess(script, [path, join(spool, 'parts')])) as {
    text: string;
    size: number;
    grown: number;
  };
  expect([text, size]).toEqual(['Hello', lines * 57]);
  expect(grown).toBeLessThan(80);
  expect(await readdir(join(spool, 'parts'))).toHaveLength(1);
}, 60_000);
