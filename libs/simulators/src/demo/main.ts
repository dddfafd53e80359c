import { AdminClient, Refused } from './admin-client.js';
import { startApp } from './app-process.js';
import { mailbox, metaApp, Shop } from './shop.js';

const port = process.env.PORT ?? '3000';
const local = `http://127.0.0.1:${port}`;
const dataDir = process.env.DATA_DIR ?? './data/demo';
const password = 'harbour-lamps-demo';
const admin = { email: 'demo@harbour-lamps.example', password: process.env.ADMIN_PASSWORD ?? password };
const colleagues = [
  { name: 'Ruth Okafor', email: 'ruth@harbour-lamps.example', role: 'supervisor', password },
  { name: 'Tom Bellamy', email: 'tom@harbour-lamps.example', role: 'agent', password },
];

class AppDied extends Error {
  constructor(readonly code: number) {
    super(`The app ended by itself with exit code ${code}.`);
  }
}

// Whoever started us may be killed without a word; then the channel between us closes.
const stopped = new Promise<number>((resolve) => {
  for (const sign of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(sign, () => resolve(0));
});

try {
  process.exitCode = await demo();
} catch (error) {
  console.error(error instanceof Error ? `\n${error.message}` : error);
  process.exitCode = error instanceof AppDied && error.code ? error.code : 1;
}
if (process.connected) process.disconnect();

/** The shop opens, the app runs, and they stop in the opposite order, whatever ends them. Resolves to the exit code. */
async function demo(): Promise<number> {
  const shop = await Shop.open(dataDir);
  try {
    return await runApp(shop);
  } finally {
    await shop.close();
  }
}

async function runApp(shop: Shop): Promise<number> {
  const app = startApp(local, environment(shop));
  const died = app.ended.then((code) => Promise.reject(new AppDied(code)));
  try {
    return await Promise.race([stopped, died, app.ready().then(() => open(shop))]);
  } finally {
    console.log('Stopping …');
    await app.stop();
  }
}

/** The demo's app knows its own data and servers only, whatever else the environment names. */
function environment({ meta }: Shop): Record<string, string> {
  return {
    ...{ DATABASE_URL: '', REDIS_URL: '', QUEUE_BACKEND: '', ROLE: '', INSTAGRAM_APP_ID: '', INSTAGRAM_APP_SECRET: '' },
    ...{ PORT: port, DATA_DIR: dataDir, LOG_LEVEL: process.env.LOG_LEVEL ?? 'error' },
    ...{ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password, ALLOW_PRIVATE_HOSTS: 'true' },
    ...{ META_APP_ID: metaApp.appId, META_APP_SECRET: metaApp.appSecret, META_VERIFY_TOKEN: metaApp.verifyToken },
    ...{ META_GRAPH_URL: meta.url, META_LOGIN_URL: meta.url, META_LOGIN_CONFIG_ID: '' },
    ...{ INSTAGRAM_GRAPH_URL: meta.url, INSTAGRAM_LOGIN_URL: meta.url, INSTAGRAM_API_URL: meta.url },
  };
}

/** Connects the shop to the app as its admin would, says how to look at it, and lets the customers in. */
async function open(shop: Shop): Promise<number> {
  const client = new AdminClient(local);
  await client.signIn(admin.email, admin.password).catch(explainRefusal);
  for (const colleague of colleagues) await client.addColleague(colleague);
  for (const channel of shop.channels()) await client.connect(channel);
  // What lies in a mailbox when it is first read counts as history, which nobody has to answer.
  await client.untilSynced(mailbox);
  await shop.meta.subscribe({ callbackUrl: `${local}/webhooks/meta` });
  console.log(welcome());
  await shop.trade();
  return 0;
}

function explainRefusal(error: unknown): never {
  if (!(error instanceof Refused) || error.status !== 401) throw error;
  throw new Error(
    `${admin.email} has another password by now: set ADMIN_PASSWORD to it, or delete the demo's data directory to start anew.`,
  );
}

function welcome(): string {
  return `
Tributary is running:  http://localhost:${port}

  Sign in as   ${admin.email}   password   ${admin.password}
  Colleagues   ${colleagues.map(({ email, role }) => `${email} (${role})`).join(', ')}   password   ${password}

A small lamp shop is connected: a mailbox, a Facebook Page and an Instagram account. Its customers are
simulated, the connectors are not: mail comes over IMAP, chats through signed webhooks.
Try this: open a conversation, take it, and answer. The customer writes back within ten seconds.
Sign in as a colleague in a private window and watch both screens. Stop with Ctrl-C.
`;
}
