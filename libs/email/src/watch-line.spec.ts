import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDovecot, startFaultyLine, type Dovecot, type FaultyLine } from '#libs/simulators';
import { choices } from './choices.js';
import { eventually, mail, mailboxHosts, options } from './fixtures/mailbox-host.js';
import { closeWhenSilent, mustBeReadable, openMailbox, withMailbox } from './imap.js';
import { begin } from './watch.js';

const password = 'secret';
let dovecot: Dovecot;
let provider: Server;
let line: FaultyLine;
let hosts: Awaited<ReturnType<typeof mailboxHosts>>;

/** A Dovecot without IDLE that asks a provider who a token belongs to, behind a line that can break. */
beforeAll(async () => {
  provider = createServer((request, response) => {
    request.on('data', (body: Buffer) => {
      const active = body.toString().includes('good-token');
      response.setHeader('content-type', 'application/json').end(JSON.stringify(active ? { active, username: 'token' } : { active }));
    });
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const introspectionUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`;
  const users = Object.fromEntries(['cut', 'poll', 'large', 'silent', 'many', 'token', 'waits'].map((name) => [name, password]));
  dovecot = await startDovecot({ users, introspectionUrl, idle: false });
  line = await startFaultyLine(dovecot);
  hosts = await mailboxHosts(line);
}, 30_000);
afterAll(async () => {
  await hosts.stop();
  await line.stop();
  await dovecot.stop();
  provider.closeAllConnections();
  provider.close();
});

test('new mail is found by asking where the server does not tell of it', async () => {
  const host = hosts.given('poll');
  host.start();
  await eventually(() => host.healthy > 0);
  await sleep(300);
  await dovecot.deliver('poll', mail(1));
  expect(await eventually(() => host.events.size === 1)).toBeLessThan(3000);
  await host.stop();
  expect(line.said()).not.toContain('IDLE');
});

test('a line that breaks in the middle of a FETCH loses nothing and brings nothing twice', async () => {
  const text = 'x'.repeat(20_000);
  await dovecot.deliverAll(
    'cut',
    Array.from({ length: 300 }, (_, n) => mail(n, { text })),
  );
  const host = hosts.given('cut', { importSince: 'all' });
  for (const bytes of [1_000_000, 3_000_000, 500_000]) {
    line.dropAfter(bytes);
    host.start();
    await host.ended();
    expect(host.failure).toMatchObject({ kind: 'unavailable' });
  }
  await host.catchUp();
  expect(host.events.size).toBe(300);
  expect(host.handed).toHaveLength(300);
  expect([...host.events.values()].every(({ payload }) => Buffer.isBuffer(payload) && payload.length > 20_000)).toBe(true);
}, 30_000);

test('a large mail is fetched from its start again after the line broke within it, and nothing is left behind', async () => {
  const raw = Buffer.concat([Buffer.from(mail('large').replace('Text large\r\n', '')), randomBytes(9 * 2 ** 20), Buffer.from('\r\n')]);
  const whole = raw.toString('base64').replace(/.{76}/g, '$&\r\n');
  const letter = `${mail('large').replace('Text large\r\n', '')}${whole}\r\n`;
  await dovecot.deliver('large', letter);
  const host = hosts.given('large', { importSince: 'all' });
  line.dropAfter(5_000_000);
  host.start();
  await host.ended();
  expect(host.events.size).toBe(0);
  await host.catchUp();
  const [event] = host.events.values();
  expect(event?.payload).toMatchObject({ size: letter.length });
  expect(event && (await host.bytesOf(event)).equals(Buffer.from(letter))).toBe(true);
}, 30_000);

test('a line that says nothing any more is closed', async () => {
  const host = hosts.given('silent');
  const client = await openMailbox(mustBeReadable(host.settings), options, 'errand');
  closeWhenSilent(client, 2000);
  for (let asked = 0; asked < 4; asked++) {
    await sleep(700);
    expect(await client.status('INBOX', { messages: true })).toMatchObject({ messages: 0 });
  }
  line.stall();
  const closed = once(client, 'close');
  void client.noop();
  await closed;
  expect(client.usable).toBe(false);
  line.resume();
});

test('errands to one mailbox wait for each other beyond four connections, and a watcher waits for none', async () => {
  await eventually(() => line.open() === 0);
  const peakOf = async (work: Promise<unknown>[]) => {
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, line.open())), 2);
    await Promise.all(work);
    clearInterval(timer);
    return peak;
  };
  const host = hosts.given('many');
  const errands = Array.from({ length: 12 }, () => withMailbox(host.settings, options, () => sleep(100)));
  await sleep(50);
  host.start();
  const healthy = eventually(() => host.healthy > 0, 3000);
  expect(await peakOf([...errands, healthy])).toBeLessThanOrEqual(5);
  await host.stop();
  expect(await peakOf(Array.from({ length: 6 }, () => withMailbox(host.settings, options, () => sleep(100))))).toBeLessThanOrEqual(4);
}, 20_000);

test('errands get through even where watchers alone have taken four connections', async () => {
  const watchers = Array.from({ length: 5 }, () => hosts.given('waits'));
  for (const host of watchers) host.start();
  await eventually(() => watchers.every(({ healthy }) => healthy > 0));
  const errands = [1, 2].map((n) => withMailbox(watchers[0]!.settings, options, () => Promise.resolve(n)));
  expect(await Promise.all(errands)).toEqual([1, 2]);
  for (const host of watchers) await host.stop();
}, 20_000);

const oauth = (accessToken: string, minutes: number) => ({
  oauth: { provider: 'example', refreshToken: 'r', accessToken, expiresAt: new Date(Date.now() + minutes * 60_000).toISOString() },
});

test('after a sign-in at the provider the mailbox opens with the token alone', async () => {
  const host = hosts.given('token', { ...oauth('good-token', 60), importSince: 'all' }, { password: undefined });
  await dovecot.deliver('token', mail(1));
  await host.catchUp();
  expect(host.events.size).toBe(1);
});

test('a refused token asks for a new sign-in, in the words of the server', async () => {
  const host = hosts.given('token', oauth('old-token', 60));
  host.start();
  await host.ended();
  expect(host.failure).toMatchObject({ kind: 'auth', message: expect.stringContaining('invalid_token'), action: 'Sign in again.' });
});

test('a session that the server ends with its token is no fault, any other end is', async () => {
  for (const { minutes, failure } of [
    { minutes: 1, failure: null },
    { minutes: 30, failure: { kind: 'unavailable' } },
  ]) {
    const host = hosts.given('token', oauth('good-token', minutes));
    host.start();
    await eventually(() => host.healthy > 0);
    line.dropAfter(0);
    await host.ended();
    if (failure) expect(host.failure).toMatchObject(failure);
    else expect(host.failure).toBeNull();
  }
}, 20_000);

test('an address whose mail is only forwarded to us has no mailbox to look into, which is in order', async () => {
  const host = hosts.given('none', { imap: undefined });
  expect(await begin(host.settings, null, options)).toEqual({});
  expect(await choices(host.settings, options)).toEqual({});
  expect(await host.audit()).toEqual({ there: 0, here: 0, missing: [], reimported: 0 });
  host.start();
  await eventually(() => host.healthy > 0);
  await host.stop();
  expect(host.failure).toBeNull();
});
