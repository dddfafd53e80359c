import { setTimeout as sleep } from 'node:timers/promises';
import { startDovecot, type Dovecot } from '#libs/simulators';
import type { FolderPlace } from './cursor.js';
import { eventually, mail, type MailboxHost, mailboxHosts } from './fixtures/mailbox-host.js';

let dovecot: Dovecot;
let hosts: Awaited<ReturnType<typeof mailboxHosts>>;
beforeAll(async () => {
  const names = ['lost', 'past', 'same', 'whole', 'part', 'spoilt', 'many', 'long'];
  dovecot = await startDovecot({ users: Object.fromEntries(names.map((name) => [name, 'secret'])) });
  hosts = await mailboxHosts(dovecot);
}, 30_000);
afterAll(async () => {
  await hosts.stop();
  await dovecot.stop();
});

const placeOf = (host: MailboxHost, folder: string) => (host.cursor as { folders: Record<string, FolderPlace> }).folders[folder]!;

/** What a fault of ours might do: the cursor went on, the mail did not. */
function forget(host: MailboxHost, ...subjects: string[]): void {
  for (const event of [...host.events.values()]) if (subjects.includes(host.subjects([event])[0]!)) host.events.delete(event.key);
}

test('a mailbox of which everything is stored lacks nothing, wherever the same mail lies twice', async () => {
  const host = hosts.given('whole');
  await host.catchUp();
  for (const n of [1, 2, '']) await dovecot.deliver('whole', mail(n, { id: n ? `<${n}@example.com>` : '' }));
  await dovecot.deliver('whole', mail(1), 'Sent');
  await host.catchUp();
  expect(await host.audit()).toEqual({ there: 4, here: 4, missing: [], reimported: 0 });
});

test('what was lost is found, named by its place, and taken in as new', async () => {
  const host = hosts.given('lost');
  await dovecot.deliver('lost', mail('Sent'), 'Sent');
  // Servers keep whole seconds, so mail of the very second of first contact counts as ours.
  await sleep(1100);
  await host.catchUp();
  for (let n = 1; n <= 5; n++) await dovecot.deliver('lost', mail(n));
  await dovecot.deliver('lost', mail('reply'), 'Sent');
  await host.catchUp();
  forget(host, 'Mail 2', 'Mail 4', 'Mail reply');
  const audit = await host.audit();
  expect(audit).toMatchObject({
    there: 6,
    here: 3,
    reimported: 3,
    missing: [
      { platformId: '2@example.com', place: 'INBOX, UID 2', key: expect.stringMatching(/^mid:2@/) },
      { platformId: '4@example.com', place: 'INBOX, UID 4' },
      { platformId: 'reply@example.com', place: 'Sent, UID 2' },
    ],
  });
  expect(host.events.size).toBe(6);
  expect([...host.events.values()].slice(-3).map(({ backfill }) => backfill)).toEqual([false, false, false]);
  expect(await host.audit()).toMatchObject({ there: 6, here: 6, missing: [] });
});

test('what was lost of the time before the channel was connected comes in as history', async () => {
  await dovecot.deliver('past', mail(1));
  await sleep(1100);
  const host = hosts.given('past', { importSince: 'all' });
  await host.catchUp();
  forget(host, 'Mail 1');
  expect(await host.audit()).toMatchObject({ there: 1, here: 0, reimported: 1 });
  expect([...host.events.values()][0]?.backfill).toBe(true);
});

test('a mail that shares its Message-ID with others is found missing all the same', async () => {
  const host = hosts.given('same', { importSince: 'all' });
  for (const n of [1, 2, 3]) await dovecot.deliver('same', mail(n, { id: '<scanner@printer.example>' }));
  await dovecot.deliver('same', mail(4, { id: '' }));
  await host.catchUp();
  forget(host, 'Mail 1', 'Mail 4');
  const { missing } = await host.audit();
  expect(missing.map(({ place, platformId }) => [place, platformId])).toEqual([
    ['INBOX, UID 1', 'scanner@printer.example'],
    ['INBOX, UID 4', null],
  ]);
});

test('what the watcher has not come to yet is not missing: newer mail, and the rest of an import', async () => {
  await dovecot.deliverAll(
    'part',
    Array.from({ length: 250 }, (_, n) => mail(n)),
  );
  const host = hosts.given('part', { importSince: 'all' });
  host.onStore = () => sleep(100);
  host.start();
  await eventually(() => host.events.size >= 100);
  await host.stop();
  const { size } = host.events;
  expect(placeOf(host, 'INBOX').backfill).toMatchObject({ done: size, total: 250 });
  await dovecot.deliver('part', mail('new'));
  expect(await host.audit()).toEqual({ there: size, here: size, missing: [], reimported: 0 });
}, 20_000);

test('a mail that breaks the line does not keep the audit from the others', async () => {
  const host = hosts.given('spoilt', { importSince: 'all' });
  await dovecot.deliverAll(
    'spoilt',
    [1, 2, 3].map((n) => mail(n)),
  );
  await host.catchUp();
  await dovecot.renumber('spoilt');
  await host.catchUp();
  await dovecot.spoil('spoilt', 2);
  forget(host, 'Mail 1', 'Mail 2', 'Mail 3');
  const { missing, reimported } = await host.audit();
  expect(reimported).toBe(3);
  expect(missing.map(({ key }) => key?.slice(0, 5))).toEqual(['mid:1', 'uid:I', 'mid:3']);
}, 30_000);

test('an audit that is told to stop ends in the middle of what it takes in', async () => {
  const host = hosts.given('long', { importSince: 'all' });
  await dovecot.deliverAll(
    'long',
    Array.from({ length: 150 }, (_, n) => mail(n)),
  );
  await host.catchUp();
  host.events.clear();
  const stopping = new AbortController();
  host.onStore = () => stopping.abort();
  await expect(host.audit(stopping.signal)).rejects.toThrow();
  expect(host.events.size).toBeLessThan(150);
  await expect(host.audit(stopping.signal)).rejects.toThrow();
}, 30_000);

test('an import of 5000 mails that is killed half-way, and live mail meanwhile, comes out exact', async () => {
  await dovecot.deliverAll(
    'many',
    Array.from({ length: 5000 }, (_, n) => mail(n)),
  );
  const host = hosts.given('many', { importSince: 'all' });
  for (const kill of [1200, 3100]) {
    // Killed after the bytes came and before they were stored.
    host.onStore = () => (host.events.size >= kill ? Promise.reject(new Error('killed')) : undefined);
    host.start();
    await host.ended();
    expect(host.failure).toMatchObject({ message: 'killed' });
    await dovecot.deliver('many', mail(`live ${kill}`));
  }
  const before = host.events.size;
  host.onStore = () => undefined;
  await host.catchUp();
  expect(host.handed).toHaveLength(5002);
  expect(host.events.size).toBe(5002);
  expect(host.subjects()[before]).toBe('Mail live 3100');
  expect([...host.events.values()].filter(({ backfill }) => !backfill)).toHaveLength(2);
  expect(host.progress.at(-1)).toEqual({ done: 5000, total: 5000 });
  expect(host.progress.every(({ total }) => total === 5000)).toBe(true);
  expect(await host.audit()).toEqual({ there: 5002, here: 5002, missing: [], reimported: 0 });
}, 60_000);
