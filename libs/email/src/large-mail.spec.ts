import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { simpleParser } from 'mailparser';
import { startDovecot, startFaultyLine, type Dovecot } from '#libs/simulators';
import { eventually, mail, mailboxHosts, options } from './fixtures/mailbox-host.js';
import { original } from './original.js';

const megabyte = 2 ** 20;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
let dovecot: Dovecot;
let hosts: Awaited<ReturnType<typeof mailboxHosts>>;
beforeAll(async () => {
  const names = ['stream', 'turns', 'cap', 'plain', 'file', 'gone', 'lost', 'broken', 'garbled', 'busy', 'undated', 'header'];
  dovecot = await startDovecot({ users: Object.fromEntries(names.map((name) => [name, 'secret'])) });
  hosts = await mailboxHosts(dovecot);
}, 30_000);
afterAll(async () => {
  await hosts.stop();
  await dovecot.stop();
});

/** As its sender's program makes it: two texts that stand for each other, and a film. */
function withFilm(megabytes: number, id = 'film'): Buffer {
  const film = randomBytes(Math.round((megabytes * megabyte * 57) / 78))
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n');
  const lines = [
    'From: Ann <ann@example.com>',
    'To: shop@harbourlamps.test',
    `Message-ID: <${id}@example.com>`,
    'Subject: A film of my lamp',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed;',
    ' boundary="outer"',
    '',
    '--outer',
    'Content-Type: multipart/alternative; boundary="inner"',
    '',
    '--inner',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Sch=F6n ist sie',
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>Schön ist sie</p>',
    '--inner--',
    '--outer',
    'Content-Type: video/mp4; name="lamp.mp4"',
    'Content-Disposition: attachment; filename="lamp.mp4"',
    'Content-Transfer-Encoding: base64',
    '',
    film,
    '--outer--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

test('a mail of 45 MB goes into a file without ever being whole in memory', async () => {
  await dovecot.deliver('stream', withFilm(45));
  const allowed = 22 * megabyte;
  const host = hosts.given('stream', { importSince: 'all' });
  const sizes: number[] = [];
  // What was collected is given back by a thread beside, sooner or later: asked for until it gets no less.
  const held = async (before = Infinity): Promise<number> => {
    collectGarbage();
    await sleep(30);
    const now = process.memoryUsage().arrayBuffers;
    return now < before ? held(now) : before;
  };
  const atRest = await held();
  host.start();
  while (!host.events.size) {
    const grown = process.memoryUsage().arrayBuffers - atRest;
    // Collecting holds everything up, the longer the more other tests have left behind.
    sizes.push(grown < allowed ? grown : (await held()) - atRest);
    await sleep(100);
  }
  await host.stop();
  const [event] = host.events.values();
  const [raw] = await dovecot.list('stream');
  expect(event).toMatchObject({
    platformId: 'film@example.com',
    payload: { path: expect.stringContaining(hosts.spool), size: raw?.length },
  });
  expect(event && raw && (await host.bytesOf(event)).equals(raw)).toBe(true);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes)).toBeLessThan(allowed);
}, 60_000);

test('new mail is taken in between two pieces of a large one', async () => {
  await dovecot.deliver('turns', withFilm(30), 'Sent');
  const host = hosts.given('turns', { importSince: 'all' });
  const spooled = () => readdir(hosts.spool);
  const before = (await spooled()).length;
  host.start();
  while ((await spooled()).length === before) await new Promise(setImmediate);
  await dovecot.deliver('turns', mail(1));
  await eventually(() => host.events.size === 2);
  await host.stop();
  expect([...host.events.values()].map(({ platformId }) => platformId)).toEqual(['1@example.com', 'film@example.com']);
}, 30_000);

test('what was fetched of a large mail is removed when the watcher is stopped in the middle', async () => {
  await dovecot.deliver('lost', withFilm(30));
  const host = hosts.given('lost', { importSince: 'all' });
  const before = await readdir(hosts.spool);
  host.start();
  while ((await readdir(hosts.spool)).length === before.length) await new Promise(setImmediate);
  await host.stop();
  expect(await readdir(hosts.spool)).toEqual(before);
}, 30_000);

test('of a mail above the limit headers and texts are taken in, what is left out is named, and the whole can be had later', async () => {
  const raw = withFilm(5);
  await dovecot.deliver('cap', raw);
  const line = await startFaultyLine(dovecot);
  const host = hosts.given('cap', { importSince: 'all', maxMegabytes: 3 }, { port: line.port });
  await host.catchUp();
  const [event] = host.events.values();
  if (!event) throw new Error('nothing came');
  expect(event.context.fullSize).toBe(String(raw.length));
  const parsed = await simpleParser(await host.bytesOf(event));
  expect(parsed).toMatchObject({
    messageId: '<film@example.com>',
    subject: 'A film of my lamp',
    text: expect.stringMatching(/^Schön ist sie\n[^]*Left in the mailbox:\n- lamp\.mp4 \(video\/mp4, 5 MB\)/),
    html: expect.stringContaining('<p>Schön ist sie</p>'),
    attachments: [],
  });
  expect((await buffer(await original(event, host.channel, options))).equals(raw)).toBe(true);
  await eventually(() => line.open() === 0);
  const unread = await original(event, host.channel, options);
  unread.destroy();
  await eventually(() => line.open() === 0);
  await line.stop();
}, 30_000);

test('a mail above the limit keeps its name in another folder and under new UIDs', async () => {
  const host = hosts.given('cap', { importSince: 'all', maxMegabytes: 3 });
  await dovecot.deliver('cap', Buffer.concat([Buffer.from('Received: by another\r\n'), (await dovecot.list('cap'))[0]!]), 'Sent');
  await host.catchUp();
  await dovecot.renumber('cap');
  await host.catchUp();
  expect(host.handed).toHaveLength(3);
  expect(host.events.size).toBe(1);
}, 30_000);

test('a text without parts that is above the limit is taken in from its start', async () => {
  const words = `${'many words '.repeat(7)}\r\n`.repeat(60_000);
  await dovecot.deliver('plain', mail(1, { text: words }));
  const host = hosts.given('plain', { importSince: 'all', maxMegabytes: 2 });
  await host.catchUp();
  const [event] = host.events.values();
  const payload = event?.payload as Buffer;
  expect(payload.length).toBeLessThan(1.1 * megabyte);
  expect((await simpleParser(payload)).text).toMatch(/^many words many words/);
}, 30_000);

test('of a header of 60 MB so much is fetched that its length shows, and the next mail does not wait for it', async () => {
  const start = 'Subject: endless\r\nX-Endless: ';
  await dovecot.deliverAll('header', [
    Buffer.concat([Buffer.from(start), Buffer.alloc(60 * megabyte, 'a'), Buffer.from('\r\n\r\nHi')]),
    mail(2),
  ]);
  const host = hosts.given('header', { importSince: 'all' });
  await host.catchUp();
  expect(host.subjects().sort()).toEqual(['Mail 2', 'endless']);
  const bytes = [...host.events.values()].map(({ payload }) => (payload as Buffer).length);
  expect(Math.max(...bytes)).toBe(2.25 * megabyte);
}, 30_000);

test('of a mail above the limit whose structure the server tells wrongly the beginning is taken in', async () => {
  await dovecot.deliver('broken', withFilm(3));
  const line = await startFaultyLine(dovecot);
  line.garble('BODYSTRUCTURE (', 'BODYSTRUCTURE )');
  const host = hosts.given('broken', { importSince: 'all', maxMegabytes: 2 }, { port: line.port });
  await host.catchUp();
  const payload = [...host.events.values()][0]?.payload as Buffer;
  expect(payload.length).toBe(megabyte);
  expect((await simpleParser(payload)).text).toMatch(/^Schön ist sie/);
  await line.stop();
}, 30_000);

test('a mail that the server tells of in a way nobody can read is set aside, not lost', async () => {
  await dovecot.deliver('garbled', mail('odd', { text: 'a' }));
  await dovecot.deliver('garbled', mail('even', { text: 'b' }));
  const { length } = mail('odd', { text: 'a' });
  const line = await startFaultyLine(dovecot);
  line.garble(`BODY[] {${length}}`, `)ODY[] {${length}}`);
  const host = hosts.given('garbled', { importSince: 'all' }, { port: line.port });
  await host.catchUp();
  expect([...host.events.keys()].map((key) => key.slice(0, 8)).sort()).toEqual(['mid:even', 'uid:INBO']);
  await line.stop();
}, 30_000);

test('mails that the server will not hand over for the moment are fetched later, and not set aside', async () => {
  await dovecot.deliverAll(
    'busy',
    Array.from({ length: 101 }, (_, n) => mail(n)),
  );
  const line = await startFaultyLine(dovecot);
  const host = hosts.given('busy', { importSince: 'all' }, { port: line.port });
  host.onStore = (events) => void (events.length && line.garble('OK Fetch completed', 'NO [UNAVAILABLE] x'));
  await expect(host.catchUp()).rejects.toThrow();
  expect(host.failure).toMatchObject({ kind: 'unavailable' });
  host.onStore = () => undefined;
  line.garble('', '');
  await host.catchUp();
  expect([...host.events.keys()].filter((key) => !key.startsWith('mid:'))).toEqual([]);
  expect(host.events.size).toBe(101);
  await line.stop();
}, 30_000);

test('a mail with a date that does not exist came in now', async () => {
  await dovecot.deliver('undated', mail(1));
  const line = await startFaultyLine(dovecot);
  line.garble(`-${new Date().getUTCFullYear()} `, '-Year ');
  const host = hosts.given('undated', { importSince: 'all' }, { port: line.port });
  await host.catchUp();
  expect([...host.events.values()].map(({ receivedAt }) => Math.abs(Date.now() - receivedAt.getTime()) < 30_000)).toEqual([true]);
  await line.stop();
}, 30_000);

test('a mail that is nothing but a file is taken in as its headers and the name of the file', async () => {
  const content = randomBytes(2 * megabyte)
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n');
  const head =
    'Content-Type: application/pdf; name="plan.pdf"\r\nContent-Disposition: attachment; filename="plan.pdf"\r\nContent-Transfer-Encoding: base64';
  await dovecot.deliver('file', mail(1, { text: content }).replace('\r\n\r\n', `\r\nMIME-Version: 1.0\r\n${head}\r\n\r\n`));
  const host = hosts.given('file', { importSince: 'all', maxMegabytes: 1 });
  await host.catchUp();
  const [event] = host.events.values();
  const parsed = await simpleParser(event?.payload as Buffer);
  expect(parsed).toMatchObject({
    subject: 'Mail 1',
    text: expect.stringMatching(/- plan\.pdf \(application\/pdf, 3 MB\)/),
    attachments: [],
  });
}, 30_000);

test('the original is found where it was moved to, and said to be gone when it is', async () => {
  await dovecot.deliver('gone', mail(1));
  // A search for the one finds the other too.
  await dovecot.deliver('gone', mail(11), 'Archive');
  const host = hosts.given('gone', { importSince: 'all', folders: ['INBOX', 'Archive'] });
  await host.catchUp();
  const event = [...host.events.values()].find(({ platformId }) => platformId === '1@example.com');
  if (!event) throw new Error('nothing came');
  await dovecot.asUser('gone', async (client) => {
    await client.mailboxOpen('INBOX');
    await client.messageMove('1', 'Archive');
  });
  expect(String(await buffer(await original(event, host.channel, options)))).toBe(mail(1));
  await dovecot.asUser('gone', async (client) => {
    await client.mailboxOpen('Archive');
    await client.messageDelete('1:*');
  });
  await expect(original(event, host.channel, options)).rejects.toMatchObject({
    kind: 'rejected',
    message: expect.stringContaining('no longer in the mailbox'),
  });
}, 30_000);
