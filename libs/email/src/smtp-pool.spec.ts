import type { Draft } from '#libs/connector';
import { startSmtpSink, type SmtpSink } from '#libs/simulators';
import { prepare } from './prepare.js';
import { send } from './send.js';
import { SmtpPool } from './smtp-pool.js';

const options = { allowPrivateHosts: true, pollSeconds: 60 };
let sink: SmtpSink;
let pool: SmtpPool;
beforeEach(async () => {
  sink = await startSmtpSink({ users: { shop: 'secret' } });
  pool = new SmtpPool(options);
});
afterEach(() => {
  pool.close();
  return sink.stop();
});

const channelOf = (password = 'secret') => ({
  id: 'c1',
  address: 'shop@harbourlamps.test',
  settings: { smtp: { host: sink.host, port: sink.port, secure: false, user: 'shop', password } },
  signingKey: Buffer.alloc(32, 7),
});

let count = 0;
async function mail(committing = () => Promise.resolve(), password?: string): Promise<void> {
  const draft: Draft = {
    deliveryId: `d-${++count}`,
    text: 'Hi',
    html: null,
    subject: 'Hi',
    cc: [],
    bcc: [],
    agentName: 'Ann',
    customer: { scope: 'email', id: 'maya@example.com', name: null },
    answering: null,
    quoting: null,
    signature: null,
    automatic: false,
    at: new Date(),
  };
  const { externalId, envelope } = prepare(draft, channelOf());
  await send({ ...draft, externalId, envelope, attachments: [], windowMode: 'standard', committing }, channelOf(password), pool);
}

test('mails of one account share a session', async () => {
  for (let n = 0; n < 5; n++) await mail();
  expect([sink.messages.length, sink.connections().total]).toEqual([5, 1]);
});

test('an account has two sessions at a time at most, and none waits forever', async () => {
  let most = 0;
  const busy = async () => void (most = Math.max(most, sink.connections().open));
  await Promise.all(Array.from({ length: 12 }, () => mail(busy)));
  expect([sink.messages.length, most]).toEqual([12, 2]);
  sink.behave('refuse-message');
  await Promise.allSettled(Array.from({ length: 6 }, () => mail()));
  sink.behave('accept');
  await mail();
  expect(sink.messages).toHaveLength(13);
});

test('a session that died while it waited is replaced without a word', async () => {
  await mail();
  sink.hangUp();
  await mail();
  await mail();
  expect([sink.messages.length, sink.connections().total]).toEqual([3, 2]);
});

test('a server that ends an old session at the next mail gets that mail on a fresh one; on a fresh one it is believed', async () => {
  await mail();
  sink.behave('goodbye');
  await mail();
  expect([sink.messages.length, sink.connections().total]).toEqual([2, 2]);
  pool.close();
  sink.behave('goodbye');
  await expect(mail()).rejects.toMatchObject({ kind: 'rate-limited', outcome: 'not-sent', code: '421 4.7.0' });
});

test('a line cut on an old session is tried again only as long as nothing left the house', async () => {
  await mail();
  sink.behave('drop-after-data');
  let commits = 0;
  await expect(mail(async () => void commits++)).rejects.toMatchObject({ outcome: 'unknown' });
  expect([commits, sink.messages.length]).toEqual([1, 2]);
});

test('new credentials are used at once, and a refused session is not kept', async () => {
  await mail();
  await expect(mail(undefined, 'wrong')).rejects.toMatchObject({ kind: 'auth' });
  await mail();
  expect(sink.messages).toHaveLength(2);
});

test('a closed pool keeps nothing open', async () => {
  await mail();
  expect(sink.connections().open).toBe(1);
  pool.close();
  await mail();
  for (let n = 0; n < 100 && sink.connections().open; n++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sink.connections().open).toBe(0);
});
