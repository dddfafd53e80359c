import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, type Conversation, type Message } from '../api.js';
import { eventually, freePort } from '../house.js';

const directory = mkdtempSync(join(tmpdir(), 'tributary-demo-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The demo as quickstart runs it, once everything is built. */
async function startDemo() {
  const port = await freePort();
  const env = { PATH: process.env.PATH, DATA_DIR: directory, PORT: String(port) };
  const child = spawn(process.execPath, ['dist/libs/simulators/src/demo/main.js'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await eventually(async () => expect(printed).toContain('Tributary is running'), 30_000);
  const [, email, password] = /Sign in as +(\S+) +password +(\S+)/.exec(printed)!;
  const api = await Api.signIn(`http://127.0.0.1:${port}`, email!, password!);
  return { child, ended, api };
}

/** All that this process and its children and theirs have started, as `ps` shows it. */
function descendants(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => pairs.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child!, ...below(child!)]);
  return below(pid);
}

const alive = (pid: number) =>
  execFileSync('ps', ['-eo', 'pid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .some((row) => new RegExp(`^ *${pid} +[^Z]`).test(row));

test('the demo fills the inbox from all three channels, its customers answer, and Ctrl-C leaves nothing behind; the next start goes on', async () => {
  const first = await startDemo();
  const conversations = await eventually(async () => {
    const all = await first.api.all<Conversation>('/conversations');
    expect(new Set(all.map(({ channelType }) => channelType))).toEqual(new Set(['email', 'facebook', 'instagram']));
    return all;
  });
  const chat = conversations.find(({ channelType }) => channelType === 'facebook')!;
  const before = (await first.api.all<Message>(`/conversations/${chat.id}/messages`)).length;
  await first.api.post(`/conversations/${chat.id}/replies`, { text: 'Thank you for writing, we are looking into it.' });
  await eventually(async () => {
    const messages = await first.api.all<Message>(`/conversations/${chat.id}/messages`);
    expect(messages.slice(before).map(({ direction }) => direction)).toEqual(['outbound', 'inbound']);
  }, 20_000);

  const processes = descendants(first.child.pid!);
  expect(processes.length).toBeGreaterThan(3);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  await eventually(async () => expect(processes.filter(alive)).toEqual([]));

  const second = await startDemo();
  const { body } = await second.api.post<Message>(`/conversations/${chat.id}/replies`, { text: 'Here is the news.' });
  await eventually(async () => {
    const messages = await second.api.all<Message>(`/conversations/${chat.id}/messages`);
    expect(messages.find(({ id }) => id === body.id)?.delivery?.state).toMatch(/sent|delivered|read/);
  });
  second.child.kill('SIGINT');
  expect(await second.ended).toBe(0);
}, 120_000);
