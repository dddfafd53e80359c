import { connect } from 'node:net';
import { join } from 'node:path';
import { Api, type Conversation, type Delivery } from './api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freshGround, type Ground, ready, spawnApp } from './house.js';
import { mail, Outside } from './outside.js';

let outside: Outside;
let ground: Ground;
let app: AppProcess;

beforeEach(async () => {
  outside = await Outside.start();
  ground = await freshGround({ ...outside.env, LOG_LEVEL: 'info' });
}, 60_000);
afterEach(async () => {
  app.child.kill('SIGTERM');
  await app.ended;
  await Promise.all([ground.clear(), outside.stop()]);
}, 30_000);

const start = async () => {
  app = spawnApp(ground.env);
  return Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
};
/** The exit code, and how long it took. */
const stop = async (): Promise<[number | null, number]> => {
  const asked = Date.now();
  app.child.kill('SIGTERM');
  return [await app.ended, Date.now() - asked];
};
const worries = () =>
  app
    .output()
    .split('\n')
    .filter((line) => /"level":"(error|fatal)"/.test(line));

test('under load it stops within ten seconds, and the next start completes what was begun: nothing lost, nothing sent twice', async () => {
  const api = await start();
  const mails = Array.from({ length: 300 }, (_, n) => `mail ${n}`);
  const chats = Array.from({ length: 300 }, (_, n) => `chat ${n}`);
  const write = (texts: string[]) =>
    texts.map((text) => outside.deliver(mail({ from: `Customer <${text.replace(' ', '')}@customer.example>`, subject: text, text })));
  await outside.connect(api);
  await Promise.all(write(mails.slice(0, 10)));
  await eventually(async () => expect(await api.all<Conversation>('/conversations')).toHaveLength(10), 30_000);

  // The outgoing mail server takes the whole mail and says nothing: nobody can tell yet whether it was sent.
  outside.smtp.behave('hang');
  for (const { id, preview } of await api.all<Conversation>('/conversations'))
    expect((await api.post(`/conversations/${id}/replies`, { text: `answer to ${preview}.` })).status).toBe(202);
  const streams = Array.from({ length: 5 }, () => listen(api));
  const upload = slowUpload(api);
  await eventually(() => Promise.resolve(expect(outside.smtp.messages.length).toBeGreaterThan(0)));
  const arriving = Promise.all(write(mails.slice(10)));
  for (const text of chats) outside.meta.customerWrites(outside.page, outside.meta.customer(text), text);
  await eventually(async () => expect((await api.all<Conversation>('/conversations')).length).toBeGreaterThan(30), 30_000);

  expect(await privateRedisLives()).toBe(!ground.env.REDIS_URL);
  const [code, tookMs] = await stop();
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(10_000);
  expect(await privateRedisLives()).toBe(false);
  expect(await Promise.all(streams)).toEqual(streams.map(() => 'ended'));
  await Promise.all([upload, arriving]);
  expect(worries()).toEqual([]);

  outside.smtp.behave('accept');
  const after = await start();
  await outside.meta.subscribe({ callbackUrl: `${after.url}/webhooks/meta` });
  await eventually(async () => {
    const previews = (await after.all<Conversation>('/conversations')).map(({ subject, preview }) => subject || preview);
    expect(previews.sort()).toEqual([...mails, ...chats].sort());
  }, 90_000);
  const deliveries = await eventually(async () => {
    const all = await after.all<Delivery>('/deliveries');
    expect(all.filter(({ state }) => state === 'queued' || state === 'sending')).toEqual([]);
    return all;
  }, 90_000);
  expect(deliveries).toHaveLength(10);
  const sent = outside.smtp.messages.map(({ raw }) => raw.toString().match(/answer to mail \d+\./)![0]);
  expect(sent.filter((text, index) => sent.indexOf(text) !== index)).toEqual([]);
  const uncertain = deliveries.filter(({ state }) => state === 'uncertain').length;
  expect(deliveries.filter(({ state }) => state === 'sent')).toHaveLength(10 - uncertain);
  expect(worries()).toEqual([]);
}, 240_000);

test('while requests are under way, readiness says that it stops, and what was begun is answered', async () => {
  await start();
  const { PORT } = ground.env;
  // Two requests over lines that are open already: new ones are not let in.
  const [asking, sending] = [await line(Number(PORT)), await line(Number(PORT))];
  sending.write('POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{');
  asking.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const stopping = stop();
  await eventually(() => Promise.resolve(expect(app.output()).toContain('"stopping"')));
  sending.write('}');
  asking.write('\r\n');
  expect(await sending.answer).toMatch(/^HTTP\/1\.1 422 [^]*connection: close/i);
  expect(await asking.answer).toMatch(/^HTTP\/1\.1 503 [^]*"status":"stopping"/);
  expect((await stopping)[0]).toBe(0);
}, 60_000);

test('a second signal ends it at once', async () => {
  const api = await start();
  outside.smtp.behave('hang');
  await outside.connect(api);
  await outside.deliver(mail({ text: 'Hello?' }));
  const [{ id }] = await eventually(async () => {
    const found = await api.all<Conversation>('/conversations');
    expect(found).toHaveLength(1);
    return found as [Conversation];
  }, 30_000);
  await api.post(`/conversations/${id}/replies`, { text: 'Yes.' });
  await eventually(() => Promise.resolve(expect(outside.smtp.messages).toHaveLength(1)));
  app.child.kill('SIGINT');
  await eventually(() => Promise.resolve(expect(app.output()).toContain('"stopping"')));
  const asked = Date.now();
  app.child.kill('SIGINT');
  expect(await app.ended).toBe(130);
  expect(Date.now() - asked).toBeLessThan(1_000);
}, 60_000);

test('a fault of ours ends it in good order, with a code that says so', async () => {
  // From outside, because no known request provokes one.
  const fault =
    'process.on("SIGUSR2",()=>{Promise.reject(new(TypeError)("a_bug"));setTimeout(()=>{throw(new(TypeError)("a_second"))},50)})';
  app = spawnApp({ ...ground.env, NODE_OPTIONS: `--import=data:text/javascript,${fault.replaceAll('"', '%22')}` });
  await ready(app, ground.env);
  app.child.kill('SIGUSR2');
  expect(await app.ended).toBe(1);
  expect(app.output()).toMatch(/a_bug[^]*a fault of ours; stopping|a fault of ours; stopping[^]*a_bug/);
  expect(app.output().match(/"msg":"stopp(ing|ed)"/g)).toEqual(['"msg":"stopping"', '"msg":"stopped"']);
  expect(await privateRedisLives()).toBe(false);
}, 60_000);

/** Whether a Redis of the app's own takes calls. */
const privateRedisLives = () =>
  new Promise<boolean>((resolve) => {
    const socket = connect(join(ground.env.DATA_DIR!, 'redis', 'redis.sock'));
    socket.once('connect', () => resolve(socket.destroy() && true)).once('error', () => resolve(false));
  });

/** Resolves when the server ends the stream in good order. */
async function listen(api: Api): Promise<string> {
  for await (const event of api.events(new AbortController().signal)) void event;
  return 'ended';
}

/** Never gets to its end: resolves once it is cut off, and says nothing more then. */
async function slowUpload(api: Api): Promise<void> {
  const start = '--part\r\nContent-Disposition: form-data; name="file"; filename="lamp.bin"\r\n\r\n';
  let over = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from(start)),
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (over) controller.close();
      else controller.enqueue(Buffer.alloc(1_000, 'x'));
    },
  });
  const headers = { ...api.headers, 'content-type': 'multipart/form-data; boundary=part' };
  const request = { method: 'POST', body, duplex: 'half', headers };
  await expect(fetch(`${api.url}/api/v1/attachments`, request as RequestInit)).rejects.toThrow('fetch failed');
  over = true;
}

/** A line to the app; `answer` is all that came when it ended. */
async function line(port: number) {
  const socket = connect(port, '127.0.0.1');
  let told = '';
  socket.on('data', (chunk) => (told += chunk.toString()));
  const answer = new Promise<string>((resolve) => socket.once('close', () => resolve(told)));
  await new Promise((resolve) => socket.once('connect', resolve));
  return Object.assign(socket, { answer });
}
