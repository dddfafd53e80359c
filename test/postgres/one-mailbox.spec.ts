import { startFaultyLine, type FaultyLine } from '#libs/simulators';
import { Api, type Channel, type Conversation } from '../api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from '../house.js';
import { imapPassword, mail, Outside } from '../outside.js';

let outside: Outside;
let line: FaultyLine;
let ground: Ground;
const processes: AppProcess[] = [];

beforeAll(async () => {
  outside = await Outside.start();
  line = await startFaultyLine(outside.dovecot);
  ground = await freshGround(outside.env);
}, 60_000);
afterAll(async () => {
  for (const { child } of processes) child.kill('SIGTERM');
  await Promise.all(processes.map(({ ended }) => ended));
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

test('of two workers one watches the mailbox; when it is killed the other goes on, and every mail is there once', async () => {
  const front = await join('api');
  const workers = [await join('worker'), await join('worker')];
  const api = await Api.signIn(await ready(front.app, front.env), adminEmail, adminPassword);
  const channel = outside.emailChannel(imapPassword);
  Object.assign(channel.settings.imap, { host: line.host, port: line.port });
  expect((await api.post<Channel>('/channels', channel)).status).toBe(201);
  const subjects = Array.from({ length: 40 }, (_, n) => `mail ${n}`);
  const deliver = (some: string[]) =>
    outside.dovecot.deliverAll(
      channel.address,
      some.map((subject) => mail({ subject, from: `${subject.replace(' ', '')}@c.example` })),
    );

  await deliver(subjects.slice(0, 20));
  await eventually(async () => expect(await api.all<Conversation>('/conversations')).toHaveLength(20), 30_000);
  expect(line.open()).toBe(1);
  // Which of the two has the line only the line knows: the one whose death cuts it.
  workers[0]!.app.child.kill('SIGKILL');
  await workers[0]!.app.ended;
  processes.push((await join('worker')).app);
  await deliver(subjects.slice(20));
  await eventually(async () => {
    const found = await api.all<Conversation>('/conversations');
    expect(found.map(({ subject }) => subject).sort()).toEqual([...subjects].sort());
    expect(found.every(({ messageCount }) => messageCount === 1)).toBe(true);
  }, 45_000);
  expect(line.open()).toBe(1);
}, 120_000);
