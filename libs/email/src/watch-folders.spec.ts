import { setTimeout as sleep } from 'node:timers/promises';
import { startDovecot, startFaultyLine, type Dovecot } from '#libs/simulators';
import { check } from './check.js';
import { choices } from './choices.js';
import { eventually, mail, mailboxHosts, options } from './fixtures/mailbox-host.js';

const names = [
  'both',
  'junk',
  'missing',
  'old',
  'later',
  'added',
  'renamed',
  'removed',
  'quiet',
  'twice',
  'moved',
  'again',
  'same',
  'none',
  'all',
  'quick',
];
let dovecot: Dovecot;
let hosts: Awaited<ReturnType<typeof mailboxHosts>>;
beforeAll(async () => {
  dovecot = await startDovecot({ users: Object.fromEntries(names.map((name) => [name, 'secret'])) });
  hosts = await mailboxHosts(dovecot);
}, 30_000);
afterAll(async () => {
  await hosts.stop();
  await dovecot.stop();
});

const placesOf = (host: ReturnType<typeof hosts.given>) =>
  [...host.events.values()].map(({ context }) => `${context.folder} ${context.role}`).sort();

test('without a choice the inbox and Sent are read, and each mail says which of them it was in', async () => {
  await dovecot.deliver('both', mail(1));
  await dovecot.deliver('both', mail(2), 'Sent');
  await dovecot.deliver('both', mail(3), 'Junk');
  const host = hosts.given('both', { importSince: 'all' });
  await host.catchUp();
  expect(placesOf(host)).toEqual(['INBOX inbox', 'Sent sent']);
  host.start();
  await eventually(() => host.healthy > 2);
  await dovecot.deliver('both', mail(4), 'Sent');
  await eventually(() => host.events.size === 3);
  expect(host.subjects()).toContain('Mail 4');
});

test('folders are chosen by their names or by what they are for', async () => {
  for (const folder of ['INBOX', 'Junk', 'Orders/2026', 'Sent']) await dovecot.deliver('junk', mail(folder), folder);
  const host = hosts.given('junk', { importSince: 'all', folders: ['junk', 'Orders/2026', 'inbox'] });
  await host.catchUp();
  expect(placesOf(host)).toEqual(['INBOX inbox', 'Junk junk', 'Orders/2026 other']);
  expect((await choices(host.settings, options)).folders).toEqual(expect.arrayContaining(['INBOX', 'Junk', 'Orders/2026', 'Sent']));
});

test('a chosen folder that does not exist is named, and the others are read all the same', async () => {
  const host = hosts.given('missing', { folders: ['INBOX', 'Bestellungen'] });
  host.start();
  await eventually(() => host.healthy > 0);
  expect(host.complaint).toMatch(/"Bestellungen" does not exist/);
  await dovecot.deliver('missing', mail(1));
  await eventually(() => host.events.size === 1);
  const [imap] = await check({ externalId: '', address: '' }, host.settings, options);
  expect(imap).toMatchObject({ ok: false, detail: expect.stringMatching(/"Bestellungen" does not exist .* "INBOX"/) });
});

test('a cursor saved before there were several folders goes on, and Sent begins where it stands', async () => {
  await dovecot.deliver('old', mail(1));
  await dovecot.deliver('old', mail(2), 'Sent');
  const host = hosts.given('old', { folders: ['INBOX'] });
  await host.catchUp();
  const {
    startedAt: _new,
    highestModseq: _newer,
    ...place
  } = (host.cursor as { folders: { INBOX: object } }).folders.INBOX as Record<string, unknown>;
  host.cursor = { folders: { INBOX: place } };
  delete host.settings.folders;
  await dovecot.deliver('old', mail(3));
  await host.catchUp();
  await dovecot.deliver('old', mail(4), 'Sent');
  await host.catchUp();
  expect(host.subjects()).toEqual(['Mail 3', 'Mail 4']);
});

test('what came into Sent before we noticed that it was made is taken in', async () => {
  const host = hosts.given('later');
  await host.catchUp();
  await dovecot.deliver('later', mail(1), 'Sent');
  await host.catchUp();
  expect(host.subjects()).toEqual(['Mail 1']);
  expect([...host.events.values()][0]?.backfill).toBe(false);
}, 20_000);

test('a folder that is chosen later begins where it stands, or with its past where an import was asked for', async () => {
  await dovecot.deliver('added', mail(1), 'Orders');
  const [fresh, past] = [hosts.given('added', { folders: ['INBOX'] }), hosts.given('added', { folders: ['INBOX'], importSince: 'all' })];
  for (const host of [fresh, past]) {
    await host.catchUp();
    host.settings.folders = ['INBOX', 'Orders'];
    await host.catchUp();
  }
  await dovecot.deliver('added', mail(2), 'Orders');
  for (const host of [fresh, past]) await host.catchUp();
  expect(fresh.subjects()).toEqual(['Mail 2']);
  expect(past.subjects()).toEqual(['Mail 1', 'Mail 2']);
});

test('a name that a folder has means that folder, whatever else the server uses for that purpose', async () => {
  await dovecot.deliver('added', mail(3), 'All');
  await dovecot.deliver('added', mail(4), 'Archive');
  const host = hosts.given('added', { folders: ['archive', '\\All'], importSince: 'all' });
  await host.catchUp();
  expect(placesOf(host)).toEqual(['All other', 'Archive other']);
});

test('a renamed folder goes on where it was once its new name is chosen', async () => {
  await dovecot.deliver('renamed', mail(1), 'Orders');
  const host = hosts.given('renamed', { folders: ['INBOX', 'Orders'] });
  await host.catchUp();
  await dovecot.asUser('renamed', (client) => client.mailboxRename('Orders', 'Sales'));
  await dovecot.deliver('renamed', mail(2), 'Sales');
  await host.catchUp();
  expect(host.complaint).toMatch(/"Orders" does not exist .*"Sales"/);
  host.settings.folders = ['INBOX', 'Sales'];
  await host.catchUp();
  expect(host.subjects()).toEqual(['Mail 2']);
}, 20_000);

test('a folder that is deleted while it is read holds up no other', async () => {
  await dovecot.deliver('removed', mail(1), 'Orders');
  const host = hosts.given('removed', { folders: ['INBOX', 'Orders'] });
  host.start();
  await eventually(() => host.healthy > 0);
  await dovecot.asUser('removed', (client) => client.mailboxDelete('Orders'));
  await eventually(() => /"Orders" does not exist/.test(host.complaint ?? ''));
  await dovecot.deliver('removed', mail(2));
  await eventually(() => host.events.size === 1);
  expect(host.failure).toBeNull();
}, 20_000);

test('a folder in which nothing came is asked after at each poll but not opened', async () => {
  await dovecot.deliver('quiet', mail(1), 'Sent');
  const line = await startFaultyLine(dovecot);
  const host = hosts.given('quiet', {}, { port: line.port });
  host.start();
  await eventually(() => host.healthy > 0);
  const opened = () => line.said().match(/EXAMINE Sent/g)?.length ?? 0;
  const before = opened();
  await eventually(() => (line.said().match(/STATUS Sent/g)?.length ?? 0) > 2);
  expect(opened()).toBe(before);
  await dovecot.deliver('quiet', mail(2), 'Sent');
  await eventually(() => host.events.size === 1);
  expect(opened()).toBe(before + 1);
  await host.stop();
  await line.stop();
}, 20_000);

test('a mail that comes into another folder while the one before it is taken in is not passed over', async () => {
  await dovecot.deliver('quick', mail(0), 'Orders');
  const host = hosts.given('quick', { folders: ['INBOX', 'Orders'] });
  host.start();
  await eventually(() => host.healthy > 0);
  host.onStore = async (events) => {
    if (host.subjects(events)[0] !== 'Mail 1') return;
    // Dovecot tells by whole seconds whether a folder has changed.
    await sleep(1100);
    await dovecot.deliver('quick', mail(2), 'Orders');
    await dovecot.deliver('quick', mail(3));
  };
  await dovecot.deliver('quick', mail(1), 'Orders');
  await eventually(() => host.events.size >= 2);
  await eventually(() => host.events.size === 3, 6000);
  expect(host.subjects().sort()).toEqual(['Mail 1', 'Mail 2', 'Mail 3']);
  await host.stop();
}, 20_000);

test('the same mail in two folders is one, also when each server on its way noted itself', async () => {
  await dovecot.deliver('twice', mail(1));
  await dovecot.deliver('twice', `Received: from elsewhere by here\r\nDelivered-To: shop\r\n${mail(1)}`, 'Sent');
  const host = hosts.given('twice', { importSince: 'all' });
  await host.catchUp();
  expect(host.handed).toHaveLength(2);
  expect(host.events.size).toBe(1);
});

test('a mail is taken in once wherever it is moved, what is deleted stays with us, and flags mean nothing', async () => {
  const host = hosts.given('moved', { folders: ['INBOX', 'Archive'] });
  await dovecot.deliver('moved', mail(0), 'Archive');
  await dovecot.deliver('moved', mail(1), 'Unread by us');
  host.start();
  await eventually(() => host.healthy > 0);
  await dovecot.deliver('moved', mail(2));
  await eventually(() => host.events.size === 1);
  await dovecot.asUser('moved', async (client) => {
    await client.mailboxOpen('INBOX');
    await client.messageFlagsAdd('1', ['\\Seen', '\\Flagged']);
    await client.messageMove('1', 'Archive');
    await client.mailboxOpen('Unread by us');
    await client.messageMove('1', 'INBOX');
  });
  await eventually(() => host.events.size === 2 && host.handed.length === 3);
  await dovecot.asUser('moved', async (client) => {
    await client.mailboxOpen('INBOX');
    await client.messageDelete('1:*');
  });
  await dovecot.deliver('moved', mail(3));
  await eventually(() => host.events.size === 3);
  await host.stop();
  expect(host.subjects()).toEqual(['Mail 2', 'Mail 1', 'Mail 3']);
}, 20_000);

test('a mail that is delivered a second time is known by its key', async () => {
  const host = hosts.given('again');
  host.start();
  await eventually(() => host.healthy > 0);
  await dovecot.deliver('again', mail(1));
  await dovecot.deliver('again', `Received: by a second try\r\n${mail(1)}`);
  await eventually(() => host.handed.length === 2);
  expect(host.events.size).toBe(1);
}, 20_000);

test('different mails with one Message-ID are two, and stay two when everything is numbered anew', async () => {
  const host = hosts.given('same', { importSince: 'all' });
  for (const n of [1, 2]) await dovecot.deliver('same', mail(n, { id: '<scanner@printer.example>' }));
  await host.catchUp();
  await dovecot.renumber('same');
  await host.catchUp();
  expect(host.subjects().sort()).toEqual(['Mail 1', 'Mail 2']);
  expect(host.handed).toHaveLength(4);
}, 20_000);

test('mails without a Message-ID, or with an empty one, are taken in once each', async () => {
  const host = hosts.given('none', { importSince: 'all' });
  for (const id of ['', '<>', ' ']) await dovecot.deliver('none', mail(`with "${id}"`, { id }));
  await host.catchUp();
  await dovecot.renumber('none');
  await host.catchUp();
  expect(host.events.size).toBe(3);
  expect([...host.events.values()].map(({ platformId }) => platformId)).toEqual([undefined, undefined, undefined]);
}, 20_000);

test('a folder that holds all mail is refused together with others, junk apart', async () => {
  for (const folder of ['INBOX', 'All', 'Junk']) await dovecot.deliver('all', mail(folder), folder);
  const verdict = async (folders: string[]) =>
    (await check({ externalId: '', address: '' }, hosts.given('all', { folders }).settings, options))[0];
  expect(await verdict(['All', 'INBOX'])).toMatchObject({ ok: false, detail: expect.stringContaining('every mail is fetched twice') });
  expect(await verdict(['All', 'Junk'])).toMatchObject({ ok: true, detail: expect.stringContaining('All (1 mail), Junk (1 mail)') });
});
