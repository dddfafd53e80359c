import { execFileSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { spawnKept } from '../kept-child.js';
import { dovecotConfig, oauth2Config } from './dovecot-config.js';
import { Maildir, type Owner } from './maildir.js';

/** A private IMAP server with plain-text login on the loopback interface; its mail vanishes with {@link Dovecot.stop}. */
export interface Dovecot {
  host: string;
  port: number;
  /** Puts a mail into a folder as a delivery agent does (Maildir: `tmp`, then renamed into `new`). */
  deliver(user: string, raw: Buffer | string, folder?: string): Promise<void>;
  /** The same for many at once, in this order. */
  deliverAll(user: string, raws: Array<Buffer | string>, folder?: string): Promise<void>;
  /** What the owner of a mailbox does with a mail program: moves and deletes mail, makes and renames folders. */
  asUser<T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T>;
  /** The raw mails of a folder in order of delivery; empty when there is no such folder. */
  list(user: string, folder?: string): Promise<Buffer[]>;
  /** The info part of the Maildir names, e.g. `S` for seen, in order of delivery. */
  flags(user: string, folder?: string): Promise<string[]>;
  /** Forgets all UIDs of a folder: a new UIDVALIDITY, as after a restored backup. */
  renumber(user: string, folder?: string): Promise<void>;
  /** Makes the n-th mail of a folder (from 1) one that the server knows of but cannot read. */
  spoil(user: string, number: number, folder?: string): Promise<void>;
  /** Makes it readable again. */
  mend(user: string, number: number, folder?: string): Promise<void>;
  /** Dies as in a power cut and comes back on the same port with the same mail. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface DovecotOptions {
  /** User name → password. */
  users: Record<string, string>;
  /** Where access tokens are looked up (RFC 7662: POST, answers `{active, username}`); with it XOAUTH2 and OAUTHBEARER are offered. */
  introspectionUrl?: string;
  /** False for a server that does not know IDLE (RFC 2177). */
  idle?: boolean;
}

/** Starts a real Dovecot (2.3 or 2.4) in a directory of its own, as root or as a normal user. Throws a plain sentence when it is not installed. */
export async function startDovecot({ users, introspectionUrl, idle = true }: DovecotOptions): Promise<Dovecot> {
  const binary = findDovecot();
  const root = await mkdtemp(join(tmpdir(), 'dovecot-'));
  const port = await freePort();
  const owner = mailOwner();
  const maildir = new Maildir(join(root, 'mail'), owner);
  await prepare(root, { binary, port, users, owner, maildir, introspectionUrl: introspectionUrl ?? null, idle });
  let server = await launch(binary, root, port);
  return {
    host: '127.0.0.1',
    port,
    deliver: (user, raw, folder) => maildir.deliver(user, raw, folder),
    deliverAll: (user, raws, folder) => maildir.deliverAll(user, raws, folder),
    asUser: (user, work) => asUser(port, user, users[user] ?? '', work),
    list: (user, folder) => maildir.list(user, folder),
    flags: (user, folder) => maildir.flags(user, folder),
    async renumber(user, folder) {
      // Dovecot makes a UIDVALIDITY of the second in which it meets a folder.
      await sleep(1000);
      await maildir.renumber(user, folder);
    },
    spoil: (user, number, folder) => maildir.allow(0, user, number, folder),
    mend: (user, number, folder) => maildir.allow(0o600, user, number, folder),
    async restart() {
      await end(server, 'SIGKILL');
      // The dead may linger as a zombie, and Dovecot would take its pid file for a running server.
      await rm(join(root, 'run', 'master.pid'), { force: true });
      server = await launch(binary, root, port);
    },
    async stop() {
      await end(server, 'SIGTERM');
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function findDovecot(): string {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];
  const found = folders.map((folder) => join(folder, 'dovecot')).find(isExecutable);
  if (!found) throw new Error('Dovecot is not installed. Debian: apt-get install dovecot-imapd. macOS: brew install dovecot.');
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Dovecot refuses to read mail as root, so there mail belongs to `nobody`; else to whoever runs us. */
function mailOwner(): Owner {
  const { uid, gid } = userInfo();
  return uid === 0 ? { uid: 65534, gid: 65534 } : { uid, gid };
}

function ownNames(): { user: string; group: string } | null {
  const { uid, username } = userInfo();
  return uid === 0 ? null : { user: username, group: execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim() };
}

interface Setup {
  binary: string;
  port: number;
  users: Record<string, string>;
  owner: Owner;
  maildir: Maildir;
  introspectionUrl: string | null;
  idle: boolean;
}

async function prepare(root: string, { binary, port, users, owner, maildir, introspectionUrl, idle }: Setup): Promise<void> {
  await chmod(root, 0o711);
  await mkdir(join(root, 'mail'));
  await mkdir(join(root, 'state'));
  const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
  await writeFile(join(root, 'dovecot.conf'), dovecotConfig({ version, root, port, runAs: ownNames(), introspectionUrl, idle }));
  if (introspectionUrl) await writeFile(join(root, 'oauth2.conf'), oauth2Config(introspectionUrl));
  const lines = Object.entries(users).map(([name, password]) => {
    const secret = Buffer.from(password).toString('base64');
    return `${name}:{PLAIN.b64}${secret}:${owner.uid}:${owner.gid}::${maildir.home(name)}::\n`;
  });
  await writeFile(join(root, 'users'), lines.join(''));
  for (const name of Object.keys(users)) await maildir.create(name);
}

async function launch(binary: string, root: string, port: number): Promise<ChildProcess> {
  const server = spawnKept(binary, ['-F', '-c', join(root, 'dovecot.conf')], { output: ['ignore', 'pipe'] });
  let complaint = '';
  server.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  for (const started = Date.now(); !(await greets(port)); await sleep(20)) {
    if (server.exitCode === null && Date.now() - started < 15_000) continue;
    await end(server, 'SIGKILL');
    const log = await readFile(join(root, 'dovecot.log'), 'utf8').catch(() => '');
    throw new Error(`Dovecot did not start: ${complaint}${log}`);
  }
  return server;
}

async function asUser<T>(port: number, user: string, pass: string, work: (client: ImapFlow) => Promise<T>): Promise<T> {
  const client = new ImapFlow({ host: '127.0.0.1', port, secure: false, auth: { user, pass }, logger: false });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.logout();
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(2000, () => socket.destroy());
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => resolve(false));
  });
}

async function end(server: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || !server.pid) return;
  const gone = once(server, 'exit');
  if (signal === 'SIGTERM') server.stdin?.end();
  else process.kill(-server.pid, 'SIGKILL');
  await gone;
  server.stdin?.destroy();
}

/** A port that was free a moment ago, below those that systems give to outgoing connections: one of these could take it meanwhile. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
