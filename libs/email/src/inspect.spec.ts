import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectMail } from './inspect.js';

const receivedAt = new Date('2026-03-02T09:30:00Z');
const odd = new URL('fixtures/mime/', import.meta.url);

test('a mail is shown in the shape that scripts rely on', async () => {
  const path = fileURLToPath(new URL('inline-and-attached-by-reference.eml', odd));
  const { length: size } = await readFile(path);
  const shown = await inspectMail({ path, size }, receivedAt);
  expect(JSON.parse(JSON.stringify(shown))).toEqual({
    messageId: 'inline-and-attached-by-reference@example.com',
    subject: 'Lamp',
    from: { name: 'Maya', address: 'maya@example.com' },
    to: [{ name: '', address: 'shop@harbourlamps.test' }],
    cc: [],
    replyTo: [],
    date: '2026-03-02T09:00:00.000Z',
    inReplyTo: null,
    references: [],
    text: 'Look',
    replyText: 'Look',
    html: expect.stringContaining('cid:Lamp%40x'),
    attachments: [
      { filename: 'lamp.png', contentType: 'image/png', contentId: 'lamp@x', inline: true, size: 16 },
      { filename: 'attachment-2.png', contentType: 'image/png', contentId: 'two@X', inline: true, size: 16 },
      { filename: 'lost.png', contentType: 'image/png', contentId: 'nobody@x', inline: false, size: 16 },
    ],
    kind: 'human',
    bounce: null,
    error: null,
  });
});

test('of a mail that cannot be read there is what could be recovered, and why not more', async () => {
  const nested = Array.from({ length: 60 }, (_, n) => `${n ? `--b${n - 1}\r\n` : ''}Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n`);
  const raw = `From: =?utf-8?Q?M=C3=A4ya?= <maya@example.com>\r\nSubject: Deep\r\nMessage-ID: <deep@x>\r\n${nested.join('')}Words`;
  expect(await inspectMail(Buffer.from(raw))).toMatchObject({
    messageId: 'deep@x',
    subject: 'Deep',
    from: { name: 'Mäya', address: 'maya@example.com' },
    text: expect.stringMatching(/Words$/),
    attachments: [],
    error: 'Parts are nested deeper than 50 levels',
  });
  expect(await inspectMail(Buffer.from('hello'))).toMatchObject({ text: 'hello', error: 'There is no mail header in it' });
});

test('a file that is not there is a failure, not a broken mail', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  await expect(inspectMail({ path: join(folder, 'missing.eml'), size: 10 })).rejects.toThrow('ENOENT');
  await rm(folder, { recursive: true });
});
