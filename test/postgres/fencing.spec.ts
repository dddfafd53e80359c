import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultyLine, startFaultyLine } from '#libs/simulators';
import type { components } from '../../web/src/api/schema.js';
import { Api, type Channel, type Conversation, type Message } from '../api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from '../house.js';
import { mail, Outside } from '../outside.js';

let outside: Outside;
let line: FaultyLine;
let ground: Ground;
let database: pg.Client;
const processes: AppProcess[] = [];

beforeAll(async () => {
  outside = await Outside.start();
  line = await startFaultyLine(outside.smtp);
  ground = await freshGround(outside.env);
}, 60_000);
afterAll(async () => {
  for (const { child } of processes) child.kill('SIGKILL');
  await Promise.all(processes.map(({ ended }) => ended));
  await database?.end();
  await ground?.clear();
  await line?.stop();
  await outside?.stop();
}, 60_000);

async function join(role: 'api' | 'worker'): Promise<{ app: AppProcess; env: Record<string, string> }> {
  const env = { ...ground.env, ROLE: role, PORT: String(await freePort()) };
  const app = spawnApp(env);
  processes.push(app);
  return { app, env };
}

const conversation = (api: Api, preview: string) =>
  eventually(async () => {
    const found = (await api.all<Conversation>('/conversations')).find((one) => one.preview === preview);
    expect(found).toBeDefined();
    return found!;
  }, 90_000);

/** Lets the commitment of first attempts take a while, so that a process can be stopped while it waits for the answer. */
const slowCommitment = `
  CREATE FUNCTION take_time() RETURNS trigger AS $$ BEGIN PERFORM pg_sleep(4); RETURN NEW; END $$ LANGUAGE plpgsql;
  CREATE TRIGGER slow_commitment BEFORE UPDATE ON delivery FOR EACH ROW
    WHEN (OLD.committed_at IS NULL AND NEW.committed_at IS NOT NULL AND NEW.fence = 1) EXECUTE FUNCTION take_time()`;
const commits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;

test('a worker that was stopped in the middle of sending, and wakes up when another one has sent it, sends nothing', async () => {
  const front = await join('api');
  const api = await Api.signIn(await ready(front.app, front.env), adminEmail, adminPassword);
  const stopped = (await join('worker')).app;
  const email = outside.emailChannel();
  Object.assign(email.settings.smtp, { host: line.host, port: line.port });
  for (const channel of [email, outside.facebookChannel()]) expect((await api.post<Channel>('/channels', channel)).status).toBe(201);
  await outside.meta.subscribe({ callbackUrl: `${api.url}/webhooks/meta` });
  await outside.deliver(mail({ text: 'By mail' }));
  const ada = outside.meta.customer('Ada');
  outside.meta.customerWrites(outside.page, ada, 'By chat');
  const [byMail, byChat] = [await conversation(api, 'By mail'), await conversation(api, 'By chat')];
  database = new pg.Client(ground.env.DATABASE_URL);
  await database.connect();
  await database.query(slowCommitment);

  // The mail waits for the server to speak, the chat message for the database: there the worker is stopped.
  line.stall();
  const replies = await Promise.all(
    [byMail, byChat].map(async ({ id }) => (await api.post<Message>(`/conversations/${id}/replies`, { text: 'Once' })).body),
  );
  await eventually(async () => expect((await database.query(commits)).rowCount).toBe(1), 20_000);
  await eventually(async () => expect(line.open()).toBeGreaterThan(0), 20_000);
  stopped.child.kill('SIGSTOP');
  line.resume();
  await join('worker');

  const reached = () => [outside.smtp.messages.length, outside.meta.sentTo(ada).map(({ text }) => text)];
  await eventually(async () => expect(reached()).toEqual([1, ['Once']]), 150_000);
  stopped.child.kill('SIGCONT');
  await sleep(8_000);
  expect(reached()).toEqual([1, ['Once']]);
  for (const { id } of replies) {
    const { items } = (await api.get<components['schemas']['AttemptList']>(`/messages/${id}/attempts`)).body;
    expect(items.map(({ outcome }) => outcome)).toEqual(['abandoned', 'sent']);
  }
}, 400_000);
