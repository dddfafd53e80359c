import { Api, type Conversation } from '../api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from '../house.js';
import { Outside } from '../outside.js';

let outside: Outside;
let ground: Ground;
const processes: AppProcess[] = [];

beforeAll(async () => {
  outside = await Outside.start();
}, 60_000);
afterEach(async () => {
  for (const { child } of processes) child.kill('SIGTERM');
  expect(await Promise.all(processes.splice(0).map(({ ended }) => ended))).toEqual(expect.arrayContaining([0]));
  await ground.clear();
}, 30_000);
afterAll(() => outside?.stop());

/** One more process of a role, on the common ground. */
async function join(role: 'api' | 'worker'): Promise<{ app: AppProcess; env: Record<string, string> }> {
  const env = { ...ground.env, ...outside.env, ROLE: role, PORT: String(await freePort()) };
  const app = spawnApp(env);
  processes.push(app);
  return { app, env };
}

const roundTrip = async (first: Api, second: Api) => {
  const customer = outside.meta.customer(`Ada ${Math.random()}`);
  outside.meta.customerWrites(outside.page, customer, 'Is anybody there?');
  const conversation = await eventually(async () => {
    const found = (await second.all<Conversation>('/conversations')).find(({ preview }) => preview === 'Is anybody there?');
    expect(found).toBeDefined();
    return found!;
    // The workers may still be starting.
  }, 40_000);
  const abort = new AbortController();
  const heard = (async () => {
    for await (const { type, data } of first.events(abort.signal))
      if (type === 'message.created' && data.conversationId === conversation.id) return;
  })();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await second.post(`/conversations/${conversation.id}/replies`, { text: 'We all are.' })).status).toBe(202);
  await eventually(async () => expect(outside.meta.sentTo(customer).map(({ text }) => text)).toEqual(['We all are.']));
  await heard;
  abort.abort();
};

test.each([
  ['PostgreSQL and Redis', {}],
  ['PostgreSQL alone', { QUEUE_BACKEND: 'postgres' }],
])(
  'two APIs and two workers share the work over %s, and a browser at one API hears what happens at the other',
  async (_, extra) => {
    ground = await freshGround(extra);
    const apis = [await join('api'), await join('api')];
    const [first, second] = await Promise.all(
      apis.map(async ({ app, env }) => Api.signIn(await ready(app, env), adminEmail, adminPassword)),
    );
    await Promise.all([join('worker'), join('worker')]);
    expect((await first!.post('/channels', outside.facebookChannel())).status).toBe(201);
    await outside.meta.subscribe({ callbackUrl: `${first!.url}/webhooks/meta` });
    await roundTrip(first!, second!);
  },
  90_000,
);

test('a single process runs on PostgreSQL alone', async () => {
  ground = await freshGround({ QUEUE_BACKEND: 'postgres', ...outside.env });
  const app = spawnApp(ground.env);
  processes.push(app);
  const api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
  await api.post('/channels', outside.facebookChannel());
  await outside.meta.subscribe({ callbackUrl: `${api.url}/webhooks/meta` });
  await roundTrip(api, api);
}, 60_000);
