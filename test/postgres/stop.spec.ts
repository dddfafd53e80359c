import { Api, type Conversation } from '../api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freePort, freshGround, type Ground, ready, spawnApp } from '../house.js';
import { Outside } from '../outside.js';

let outside: Outside;
let ground: Ground;

// A world of its own for each: what the one before heard is history that a channel brings along.
beforeEach(async () => {
  outside = await Outside.start();
}, 60_000);
afterEach(() => outside?.stop());

type Running = AppProcess & { env: Record<string, string> };

/** One process of a role, once it is ready. */
async function launch(role: 'api' | 'worker', port?: string): Promise<Running> {
  const own = port ?? String(await freePort());
  const env = { ...ground.env, ...outside.env, LOG_LEVEL: 'info', ROLE: role, PORT: own, ...(role === 'worker' && { WORKER_PORT: own }) };
  const app = { ...spawnApp(env), env };
  await ready(app, env);
  return app;
}

/** In good order and in time, with nothing to worry about. */
async function stop({ child, ended, output }: Running): Promise<void> {
  const asked = Date.now();
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(Date.now() - asked).toBeLessThan(10_000);
  expect(output().match(/"level":"(error|fatal)".*/g)).toBeNull();
}

async function restart(app: Running): Promise<Running> {
  await stop(app);
  return launch(app.env.ROLE as 'api' | 'worker', app.env.PORT);
}

test.each([['redis'], ['postgres']])(
  'each of two APIs and two workers is started anew under traffic: nothing is lost, and nothing sent twice (queue on %s)',
  async (QUEUE_BACKEND) => {
    ground = await freshGround({ QUEUE_BACKEND });
    const running = [await launch('api'), await launch('api'), await launch('worker'), await launch('worker')];
    try {
      const api = await Api.signIn(`http://127.0.0.1:${running[0]!.env.PORT}`, adminEmail, adminPassword);
      expect((await api.post('/channels', outside.facebookChannel())).status).toBe(201);
      await outside.meta.subscribe({ callbackUrl: `${api.url}/webhooks/meta` });
      const said: Array<{ customer: ReturnType<typeof outside.meta.customer>; text: string }> = [];
      const answered: string[] = [];
      let over = false;
      const customers = (async () => {
        for (let n = 0; !over; n++) {
          const customer = outside.meta.customer(`${QUEUE_BACKEND} ${n}`);
          said.push({ customer, text: `question ${QUEUE_BACKEND} ${n}` });
          outside.meta.customerWrites(outside.page, customer, said.at(-1)!.text);
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      })();
      const agents = async () => {
        for (const { id, preview } of await api.all<Conversation>('/conversations'))
          if (preview.startsWith('question') && !answered.includes(id)) {
            expect((await api.post(`/conversations/${id}/replies`, { text: `answer to ${preview}.` })).status).toBe(202);
            answered.push(id);
          }
      };
      // The agent's own API last, once nobody asks it.
      for (const index of [2, 3, 1]) {
        const restarted = restart(running[index]!);
        await agents();
        running[index] = await restarted;
        await agents();
      }
      running[0] = await restart(running[0]!);
      over = true;
      await customers;
      await eventually(async () => {
        await agents();
        expect(answered).toHaveLength(said.length);
      }, 60_000);
      const answers = said.map(({ text }) => `answer to ${text}.`).sort();
      await eventually(async () => {
        const previews = (await api.all<Conversation>('/conversations')).map(({ preview }) => preview);
        expect(previews.sort()).toEqual(answers);
        expect((await api.get<{ items: unknown[] }>('/deliveries?state=queued')).body.items).toEqual([]);
        expect((await api.get<{ items: unknown[] }>('/deliveries?state=sending')).body.items).toEqual([]);
      }, 60_000);
      expect(said.flatMap(({ customer }) => outside.meta.sentTo(customer).map(({ text }) => text)).sort()).toEqual(answers);
    } finally {
      await Promise.all(running.map(stop));
      await ground.clear();
    }
  },
  240_000,
);
