import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import {
  type Dovecot,
  type FaultyLine,
  type MetaAccount,
  type MetaPlatform,
  startDovecot,
  startFaultyLine,
  startMetaPlatform,
} from '#libs/simulators';
import { Api, type Channel } from '../api.js';
import { adminEmail, adminPassword, eventually } from '../house.js';
import { freePort } from '../servers/free-port.mjs';
import { FrontDoor } from './front-door.js';
import { MortalPostgres } from './mortal-postgres.js';
import { type MortalRedis, PrivateRedisOfApp, SharedRedis } from './mortal-redis.js';
import { OutgoingMail } from './outgoing-mail.js';
import type { Database } from './plan.js';
import { SmallDisk } from './small-disk.js';
import { Supervised } from './supervised.js';
import { WrongClock } from './wrong-clock.js';

export const mailbox = 'support@harbour-lamps.example';
const password = 'the mailbox password';
const metaApp = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'verify me' };

/** Tributary in all its processes, everything it stands on, and everybody it talks to: all of it our own, to be broken at will. */
export interface World {
  /** Where the logs of all processes are; they stay. */
  logs: string;
  apis: Supervised[];
  workers: Supervised[];
  /** One client for each process that answers. */
  clients: Api[];
  redis: MortalRedis;
  /** Null on SQLite. */
  postgres: MortalPostgres | null;
  dovecot: Dovecot;
  /** Between the inbox and Dovecot. */
  imapLine: FaultyLine;
  smtp: OutgoingMail;
  meta: MetaPlatform;
  page: MetaAccount;
  instagram: MetaAccount;
  /** A sentence where this machine cannot have it. */
  disk: SmallDisk | string;
  /** Of the only app, or of the first worker. */
  clock: WrongClock | string;
  sql(statement: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(database: Database, seed: number): Promise<World> {
  const opened: Array<() => unknown> = [];
  const stop = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    return { ...(await open(database, seed, (close) => opened.push(close))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Tells of each thing that has to be closed how, in the order in which they were opened. */
async function open(database: Database, seed: number, toClose: (close: () => unknown) => void): Promise<Omit<World, 'stop'>> {
  const logs = mkdtempSync(join(tmpdir(), `tributary-chaos-${database}-`));
  const dataDir = join(logs, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  toClose(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));
  const outside = await openOutside(seed, toClose);
  const disk = await SmallDisk.under(dataDir);
  if (disk instanceof SmallDisk) toClose(() => disk.remove());
  const clock = WrongClock.at(join(logs, 'clock'));
  const several = database === 'postgres';
  const postgres = several ? await MortalPostgres.start(process.env.TEST_INITDB!, join(logs, 'postgres.log')) : null;
  toClose(() => postgres?.stop());
  const shared = several ? await SharedRedis.start(process.env.TEST_REDIS_PROGRAM!) : null;
  toClose(() => shared?.stop());
  const ports = await Promise.all((several ? [1, 2] : [1]).map(freePort));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const door = several ? await FrontDoor.before(urls) : null;
  toClose(() => door?.stop());
  const publicUrl = door?.url ?? urls[0]!;
  const foundations = postgres && shared ? { DATABASE_URL: postgres.url, REDIS_URL: shared.url } : {};
  const env = { ...environment(dataDir, outside.meta.url), ...foundations, PUBLIC_URL: publicUrl };
  const run = (name: string, more: NodeJS.ProcessEnv) => new Supervised(name, { ...env, ...more }, join(logs, `${name}.log`));
  const clockEnv = typeof clock === 'string' ? {} : clock.env;
  const apis = ports.map((PORT, n) =>
    several ? run(`api-${n + 1}`, { PORT: String(PORT), ROLE: 'api' }) : run('app', { PORT: String(PORT), ...clockEnv }),
  );
  const workers = several ? [run('worker-1', { ROLE: 'worker', ...clockEnv }), run('worker-2', { ROLE: 'worker' })] : apis;
  const all = [...new Set([...apis, ...workers])];
  toClose(() => Promise.all(all.map((one) => one.stop())));
  const clients = await startApp(apis, workers, urls);
  await connect(clients[0]!, outside, publicUrl);
  return {
    ...{ logs, apis, workers, clients, postgres, disk, clock, ...outside },
    redis: shared ?? new PrivateRedisOfApp(dataDir, (work) => apis[0]!.kill(0, work)),
    sql: (statement) => (postgres ? onPostgres(postgres.url, statement) : onSqlite(dataDir, statement)),
  };
}

async function openOutside(seed: number, toClose: (close: () => unknown) => void) {
  const dovecot = await startDovecot({ users: { [mailbox]: password } });
  toClose(() => dovecot.stop());
  const imapLine = await startFaultyLine(dovecot);
  const smtp = await OutgoingMail.start();
  const meta = await startMetaPlatform({ ...metaApp, seed });
  toClose(() => Promise.all([imapLine.stop(), smtp.stop(), meta.stop()]));
  const page = meta.addPage({ name: 'Harbour Lamps' });
  const instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
  return { dovecot, imapLine, smtp, meta, page, instagram };
}

const environment = (dataDir: string, graph: string) => ({
  DATA_DIR: dataDir,
  ADMIN_EMAIL: adminEmail,
  ADMIN_PASSWORD: adminPassword,
  ALLOW_PRIVATE_HOSTS: 'true',
  IMAP_POLL_SECONDS: '5',
  META_APP_ID: metaApp.appId,
  META_APP_SECRET: metaApp.appSecret,
  META_VERIFY_TOKEN: metaApp.verifyToken,
  META_GRAPH_URL: graph,
  INSTAGRAM_GRAPH_URL: graph,
});

/** The first makes the tables and the key before the others come. */
async function startApp(apis: Supervised[], workers: Supervised[], urls: string[]): Promise<Api[]> {
  const clients: Api[] = [];
  for (const [n, api] of apis.entries()) {
    api.start();
    clients.push(await eventually(() => Api.signIn(urls[n]!, adminEmail, adminPassword), 60_000));
  }
  for (const worker of workers) if (!apis.includes(worker)) worker.start();
  return clients;
}

type Outside = Awaited<ReturnType<typeof openOutside>>;

async function connect(api: Api, { imapLine, smtp, meta, page, instagram }: Outside, publicUrl: string): Promise<void> {
  const imap = { host: imapLine.host, port: imapLine.port, secure: false, user: mailbox, password };
  const settings = { imap, smtp: { host: '127.0.0.1', port: smtp.port, secure: false } };
  const { id: accountId, accessToken } = instagram;
  const channels = [
    { type: 'email', name: 'Support', address: mailbox, settings },
    { type: 'facebook', name: 'Our Page', settings: { pageId: page.id, pageAccessToken: page.accessToken } },
    { type: 'instagram', name: 'Our Instagram', settings: { accountId, accessToken, via: 'facebook' } },
  ];
  for (const channel of channels) {
    const { status, body } = await api.post<Channel>('/channels', channel);
    if (status !== 201) throw new Error(`cannot connect ${channel.type}: ${status} ${JSON.stringify(body)}`);
  }
  await meta.subscribe({ callbackUrl: `${publicUrl}/webhooks/meta` });
}

async function onSqlite(dataDir: string, statement: string): Promise<void> {
  const database = new DatabaseSync(join(dataDir, 'tributary.sqlite'), { timeout: 5_000 });
  // Times are text there, and compared as such.
  database.exec(statement.replaceAll(/'([\d-]{10})T([\d:.]+)Z'/g, `'$1 $2'`));
  database.close();
}

async function onPostgres(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
