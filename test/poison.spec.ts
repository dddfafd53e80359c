import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Api, type Conversation, type InboundEvent } from './api.js';
import { adminEmail, adminPassword, type AppProcess, eventually, freshGround, type Ground, ready, spawnApp } from './house.js';
import { MetaTeller } from './meta-teller.js';
import { Outside } from './outside.js';

const poison = 'this one kills';
const preload = `--import ${pathToFileURL(join(process.cwd(), 'test/servers/dies-of.mjs')).href}`;

let outside: Outside;
let ground: Ground;
let app: AppProcess;

beforeAll(async () => {
  outside = await Outside.start();
  ground = await freshGround({ ...outside.env, NODE_OPTIONS: preload, DIES_OF: poison });
}, 60_000);
afterAll(async () => {
  app?.child.kill('SIGKILL');
  await app?.ended;
  await ground?.clear();
  await outside?.stop();
}, 30_000);

const start = async () => {
  app = spawnApp(ground.env);
  return Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
};
const previews = async (api: Api) => (await api.all<Conversation>('/conversations')).map(({ preview }) => preview).sort();

/** Resolves with what was quarantined, or null when the app died first. */
async function outcome(api: Api): Promise<InboundEvent[] | null> {
  const died = app.ended.then(() => null);
  for (;;) {
    const found = await Promise.race([died, api.all<InboundEvent>('/inbound-events?state=quarantined').catch(() => [])]);
    if (found === null || found.length) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('an event that kills every process that takes it is quarantined after five deaths, and nothing else is', async () => {
  let api = await start();
  await outside.connect(api);
  const teller = new MetaTeller(outside.meta, outside.page);
  const others = Array.from({ length: 12 }, (_, n) => `harmless ${String(n).padStart(2, '0')}`);
  const says = (text: string, n: number) => teller.says(`73110000000001${10 + n}`, n, `m_${n}`, { text });
  const said = others.map(says);
  // Its process dies before or after it says that it has it.
  const poisoned = teller.says('7311000000000199', 99, 'm_poison', { text: poison }).catch(() => undefined);
  const told = await Promise.allSettled(said);
  await poisoned;
  // The others of that moment too; those are posted again, as the platform does.
  const untold = others.filter((_, n) => told[n]!.status === 'rejected');

  let deaths = 0;
  let quarantined: InboundEvent[] | null;
  while ((quarantined = await outcome(api)) === null && deaths < 10) {
    deaths++;
    api = await start();
  }
  expect(quarantined).toMatchObject([{ attempts: 5, reason: 'Taking it in failed 5 times: a worker died while working on it' }]);
  expect(deaths).toBeLessThanOrEqual(5);

  for (const text of untold) await says(text, others.indexOf(text));
  await teller.says('7311000000000200', 100, 'm_after', { text: 'life goes on' });
  await eventually(async () => expect(await previews(api)).toEqual([...others, 'life goes on']), 60_000);
  expect(await api.all<InboundEvent>('/inbound-events?state=quarantined')).toHaveLength(1);
}, 420_000);
