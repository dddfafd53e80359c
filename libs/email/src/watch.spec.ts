import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorError } from '#libs/connector';
import { startDovecot, type Dovecot } from '#libs/simulators';
import { eventually, mail, type MailboxHost, mailboxHosts } from './fixtures/mailbox-host.js';

let dovecot: Dovecot;
let hosts: Awaited<ReturnType<typeof mailboxHosts>>;
beforeAll(async () => {
  const users = ['new', 'old', 'turn', 'some', 'kept', 'reset', 'cut', 'wrong', 'broken'].map((name) => [name, 'secret']);
  dovecot = await startDovecot({ users: Object.fromEntries(users) });
  hosts = await mailboxHosts(dovecot);
}, 30_000);
afterAll(async () => {
  await hosts.stop();
  await dovecot.stop();
});

const given = (user: string, importSince?: string, password = 'secret'): MailboxHost => hosts.given(user, { importSince }, { password });

test('new mail is there within two seconds, what was there before is left alone, and nothing is marked as read', async () => {
  await dovecot.deliver('new', mail(1));
  const host = given('new');
  host.pollSeconds = 600;
  host.start();
  await eventually(() => host.healthy > 0);
  await sleep(700);
  await dovecot.deliver('new', mail(2));
  expect(await eventually(() => host.handed.length === 1)).toBeLessThan(2000);
  expect(host.handed[0]).toMatchObject({
    key: expect.stringMatching(/^mid:2@example\.com#[0-9a-f]{16}$/),
    platformId: '2@example.com',
    context: { folder: 'INBOX', uid: '2', role: 'inbox' },
  });
  expect(host.handed[0]?.backfill).toBeFalsy();
  expect(String(host.handed[0]?.payload)).toBe(mail(2));
  await host.stop();
  expect(await dovecot.flags('new')).toEqual(['', '']);
  expect(host.failure).toBeNull();
}, 20_000);

test('everything is imported as history when asked for, resumed where it was left, and new mail does not wait for it', async () => {
  for (let n = 1; n <= 120; n++) await dovecot.deliver('old', mail(n));
  const host = given('old', 'all');
  host.start();
  await eventually(() => host.handed.length >= 50);
  await host.stop();
  const before = host.handed.length;
  expect(before).toBeLessThan(120);
  await dovecot.deliver('old', mail(121));
  host.start();
  await eventually(() => host.handed.length === 121);
  await host.stop();
  expect(new Set(host.handed.map(({ key }) => key)).size).toBe(121);
  expect(host.subjects(host.handed)[before]).toBe('Mail 121');
  expect(host.handed.filter(({ backfill }) => !backfill)).toHaveLength(1);
}, 30_000);

test('new mail is taken in right after the batch under way, whichever folder is being imported', async () => {
  for (const folder of ['INBOX', 'Sent'])
    await dovecot.deliverAll(
      'turn',
      Array.from({ length: 500 }, (_, n) => mail(`${folder}${n}`)),
      folder,
    );
  const host = given('turn', 'all');
  const deliveredAt: number[] = [];
  host.onStore = async () => {
    if (host.handed.length < ([200, 700][deliveredAt.length] ?? Infinity)) return;
    deliveredAt.push(host.handed.length);
    await dovecot.deliver('turn', mail(`live ${deliveredAt.length}`));
  };
  await host.catchUp();
  const subjects = host.subjects(host.handed);
  expect(deliveredAt).toHaveLength(2);
  for (const [index, at] of deliveredAt.entries()) expect(subjects.indexOf(`Mail live ${index + 1}`) - at).toBeLessThanOrEqual(100);
  expect(host.events.size).toBe(1002);
}, 20_000);

test('an import since tomorrow brings nothing, one since yesterday brings all of today', async () => {
  await dovecot.deliver('some', mail(1));
  const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const [tomorrow, yesterday] = [given('some', at(1)), given('some', at(-1).slice(0, 10))];
  for (const host of [tomorrow, yesterday]) {
    host.start();
    await eventually(() => host.healthy > 0 && !JSON.stringify(host.cursor).includes('backfill'));
    await host.stop();
  }
  expect(tomorrow.events.size).toBe(0);
  expect(yesterday.subjects()).toEqual(['Mail 1']);
}, 20_000);

test('after a break the watcher goes on where it was: nothing lost, nothing twice', async () => {
  const host = given('kept');
  host.start();
  await eventually(() => host.healthy > 0);
  await host.stop();
  for (let n = 1; n <= 60; n++) await dovecot.deliver('kept', mail(n));
  host.start();
  await eventually(() => host.handed.length === 60);
  await host.stop();
  host.start();
  await dovecot.deliver('kept', mail(61));
  await eventually(() => host.handed.length === 61);
  await host.stop();
  expect(host.subjects(host.handed)).toEqual(Array.from({ length: 61 }, (_, n) => `Mail ${n + 1}`));
}, 30_000);

test('new UIDs make it look through its mail again, with the same keys for the same mails', async () => {
  await dovecot.deliver('reset', mail(1));
  // Servers keep whole seconds, so mail of the very second of first contact counts as new.
  await sleep(1100);
  const host = given('reset');
  host.start();
  await eventually(() => host.healthy > 0);
  await dovecot.deliver('reset', mail(2));
  await eventually(() => host.handed.length === 1);
  await host.stop();
  await dovecot.renumber('reset');
  await dovecot.deliver('reset', mail(3));
  host.start();
  await eventually(() => new Set(host.handed.map(({ key }) => key)).size === 2);
  await eventually(() => !JSON.stringify(host.cursor).includes('backfill'));
  await host.stop();
  expect(host.subjects(host.handed).filter((subject) => subject === 'Mail 2').length).toBe(2);
  expect(host.subjects(host.handed)).toContain('Mail 3');
}, 20_000);

test('a mail that the server cannot hand over is set aside by its place and holds up no other', async () => {
  for (let n = 1; n <= 3; n++) await dovecot.deliver('broken', mail(n));
  await dovecot.spoil('broken', 2);
  const host = given('broken', 'all');
  // Dovecot hangs up on a mail that it cannot read, each time.
  for (let start = 0; start < 10 && host.handed.length < 3; start++) {
    host.failure = null;
    host.start();
    await Promise.race([host.ended(), sleep(1500)]);
  }
  await host.stop();
  expect(host.handed.map(({ key }) => key.slice(0, 4))).toEqual(['mid:', 'uid:', 'mid:']);
  expect(host.failure).toBeNull();
}, 20_000);

test('a lost line is reported as unavailable, and the next start takes what came meanwhile', async () => {
  const host = given('cut');
  host.start();
  await eventually(() => host.healthy > 0);
  await dovecot.restart();
  await host.ended();
  expect(host.failure).toMatchObject({ name: 'ConnectorError', kind: 'unavailable' });
  await dovecot.deliver('cut', mail(1));
  host.start();
  await eventually(() => host.handed.length === 1);
  await host.stop();
}, 20_000);

test('a refused login is reported as such, in the words of the server', async () => {
  const host = given('wrong', undefined, 'not it');
  host.start();
  await host.ended();
  expect(host.failure).toBeInstanceOf(ConnectorError);
  expect(host.failure).toMatchObject({ kind: 'auth', message: expect.stringContaining('Authentication failed') });
});

test('it ends at once when it is told to while connecting or before', async () => {
  const host = given('new');
  const started = Date.now();
  host.start();
  await host.stop();
  host.start();
  await sleep(30);
  await host.stop();
  expect(Date.now() - started).toBeLessThan(2000);
  expect(host.failure).toBeNull();
});
