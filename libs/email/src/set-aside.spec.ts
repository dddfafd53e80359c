import type { Cursor } from '#libs/connector';
import { startDovecot, startFaultyLine, type Dovecot } from '#libs/simulators';
import { mail, type MailboxHost, mailboxHosts } from './fixtures/mailbox-host.js';

let dovecot: Dovecot;
let hosts: Awaited<ReturnType<typeof mailboxHosts>>;
beforeAll(async () => {
  dovecot = await startDovecot({ users: { later: 'secret', breaks: 'secret' } });
  hosts = await mailboxHosts(dovecot);
}, 30_000);
afterAll(async () => {
  await hosts.stop();
  await dovecot.stop();
});

/** As if its last try were longer ago. */
const tryAgainNow = (host: MailboxHost) =>
  (host.cursor = JSON.parse(JSON.stringify(host.cursor).replace(/"triedAt":"\d+/, '"triedAt":"1999')) as Cursor);

test('a mail that was set aside is fetched when the server hands it over, in place of the empty one', async () => {
  await dovecot.deliver('later', mail('odd', { text: 'a' }));
  const { length } = mail('odd', { text: 'a' });
  const line = await startFaultyLine(dovecot);
  line.garble(`BODY[] {${length}}`, `)ODY[] {${length}}`);
  const host = hosts.given('later', { importSince: 'all' }, { port: line.port });
  await host.catchUp();
  const [empty] = host.events.keys();
  tryAgainNow(host);
  await host.catchUp();
  expect([...host.events.keys()]).toEqual([empty]);
  expect(host.cursor).toMatchObject({ folders: { INBOX: { setAside: [{ uid: 1, tries: 1, past: true }] } } });

  line.garble('', '');
  await host.catchUp();
  expect(host.events.size).toBe(1);
  tryAgainNow(host);
  await host.catchUp();
  expect([...host.events.values()].slice(1)).toMatchObject([{ key: expect.stringMatching(/^mid:odd/), replaces: empty, backfill: true }]);
  expect(JSON.stringify(host.cursor)).not.toContain('setAside');
  await line.stop();
}, 30_000);

test('a mail that breaks the line each time does so for a day, and holds up no other', async () => {
  await dovecot.deliver('breaks', mail(1));
  await dovecot.spoil('breaks', 1);
  const host = hosts.given('breaks', { importSince: 'all' });
  for (let start = 0; start < 3; start++) await expect(host.catchUp()).rejects.toThrow();
  await host.catchUp();
  for (let tries = 1; tries <= 6; tries++) {
    tryAgainNow(host);
    await expect(host.catchUp()).rejects.toThrow();
    await dovecot.deliver('breaks', mail(tries + 1));
    await host.catchUp();
    expect(host.events.size).toBe(tries + 1);
  }
  expect(JSON.stringify(host.cursor)).not.toContain('setAside');
}, 60_000);
