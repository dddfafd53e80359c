import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import type { DataSource } from 'typeorm';
import { manifestEntry, type Manifest } from '../src/backup/format.js';
import { pack } from '../src/backup/tar.js';
import { readConfig } from '../src/config.js';
import { migrations, openDatabase } from '../src/database/data-source.js';
import { command, refusal, runCommand } from './command.js';
import { freshGround, type Ground } from './house.js';
import { contentOf } from './inbox-content.js';

const grounds: Ground[] = [];
const folder = mkdtempSync(join(tmpdir(), 'tributary-backups-'));
const fileAt = (name: string) => join(folder, name);

afterAll(async () => {
  for (const each of grounds) await each.clear();
  rmSync(folder, { recursive: true });
}, 30_000);

async function place(): Promise<Record<string, string>> {
  const ground = await freshGround();
  grounds.push(ground);
  return ground.env;
}

/** A database to which work was done by hand, with all migrations but the last so many. */
async function prepared(undone: number, work: (database: DataSource) => Promise<void>): Promise<Record<string, string>> {
  const env = await place();
  const database = await openDatabase(readConfig(env));
  try {
    for (let n = 0; n < undone; n++) await database.undoLastMigration({ transaction: 'each' });
    await work(database);
  } finally {
    await database.destroy();
  }
  return env;
}

const ids = { channel: randomUUID(), contact: randomUUID(), identity: randomUUID(), conversation: randomUUID() };
const at = `'2026-03-01 09:00:00.000'`;

async function inbox(database: DataSource): Promise<void> {
  const { channel, contact, identity, conversation } = ids;
  const run = (sql: string) => database.query(sql);
  await run(
    `INSERT INTO channel (id, type, name, address, external_id, created_at) VALUES ('${channel}', 'email', 'Shop', 'a@b.example', 'a@b.example', ${at})`,
  );
  await run(`INSERT INTO contact (id, name, created_at) VALUES ('${contact}', 'Ada', ${at})`);
  await run(`INSERT INTO identity (id, contact_id, scope, external_id) VALUES ('${identity}', '${contact}', 'email', 'ada@c.example')`);
  await run(`INSERT INTO conversation (id, number, channel_id, contact_id, identity_id, kind, last_message_at, created_at)
    VALUES ('${conversation}', 1, '${channel}', '${contact}', '${identity}', 'email', ${at}, ${at})`);
}

async function reply(database: DataSource, state: string): Promise<string> {
  const id = randomUUID();
  await database.query(`INSERT INTO message (id, conversation_id, channel_id, kind, direction, author_type, sent_at, received_at, reactions)
    VALUES ('${id}', '${ids.conversation}', '${ids.channel}', 'message', 'outbound', 'agent', ${at}, ${at}, '[]')`);
  await database.query(`INSERT INTO delivery (id, message_id, channel_id, state, next_attempt_at, created_at, updated_at)
    VALUES ('${randomUUID()}', '${id}', '${ids.channel}', '${state}', ${state === 'queued' ? at : 'NULL'}, ${at}, ${at})`);
  return id;
}

async function attachment(database: DataSource, sha256: string): Promise<void> {
  await database.query(`INSERT INTO attachment (id, filename, content_type, size, sha256, created_at)
    VALUES ('${randomUUID()}', 'a.txt', 'text/plain', 5, '${sha256}', ${at})`);
}

test('a backup of an older Tributary is restored and brought up to date, and what follows from a restore is done to it', async () => {
  const path = fileAt('old.tributary');
  let [queued, failed] = ['', ''];
  const old = await prepared(1, async (database) => {
    await inbox(database);
    [queued, failed] = [await reply(database, 'queued'), await reply(database, 'failed')];
  });
  await command(old, 'backup', path, '--quiet');
  const target = await place();
  await command(target, 'restore', path, '--quiet');
  expect(await command(target, 'migrate')).toContain(`${migrations.length} migration(s) in place`);
  const { delivery, change } = await contentOf(target);
  const of = (id: string) => delivery!.find((row) => row.message_id === id);
  expect(of(queued)).toMatchObject({ state: 'uncertain', error_kind: 'unknown', next_attempt_at: null, fence: 1 });
  expect([of(queued)!.trouble_at, of(failed)!.trouble_at]).not.toContain(null);
  expect(of(failed)).toMatchObject({ state: 'failed', error_message: null });
  expect(change!.map(({ id }) => Number(id))).toEqual([1_000_000_000]);
}, 180_000);

test('a backup of a newer Tributary is refused, be its tables or its format newer', async () => {
  const path = fileAt('newer.tributary');
  const newer = await prepared(0, async (database) => {
    await database.query(`INSERT INTO migrations (timestamp, name) VALUES (1999999999999, 'Future1999999999999')`);
  });
  await command(newer, 'backup', path, '--quiet');
  const target = await place();
  expect(await refusal(target, 'restore', path)).toMatch(/was made by a newer Tributary .* Update Tributary first/);

  async function* later() {
    yield manifestEntry({ format: 2, product: '7.0.0' } as Manifest);
  }
  await pipeline(pack(later(), new Date()), createZstdCompress(), createWriteStream(fileAt('format-2.tributary')));
  expect(await refusal(target, 'restore', fileAt('format-2.tributary'))).toMatch(/has format 2, .* Use Tributary 7\.0\.0 or newer/);
  expect(await refusal(target, 'restore', fileAt('none.tributary'))).toMatch(/There is no file/);
}, 180_000);

test('a file that the store has lost, or that has changed there, is told of; after a restore its message says that it is gone', async () => {
  const path = fileAt('lost.tributary');
  const [lost, changed] = ['a'.repeat(64), 'b'.repeat(64)];
  const env = await prepared(0, async (database) => {
    for (const sha256 of [lost, changed]) await attachment(database, sha256);
  });
  const inStore = (where: Record<string, string>) => join(where.DATA_DIR!, 'attachments', changed.slice(0, 2), changed.slice(2));
  mkdirSync(dirname(inStore(env)), { recursive: true });
  writeFileSync(inStore(env), 'hello');
  const { code, complaint } = await runCommand(env, ['backup', path, '--quiet']).ended;
  expect([code, complaint]).toEqual([
    0,
    expect.stringMatching(new RegExp(`lacks 1 file\\(s\\): ${lost}[\\s\\S]*have changed .* 1 file\\(s\\): ${changed}`)),
  ]);
  await command(env, 'backup', '--verify', path, '--quiet');
  const target = await place();
  expect(await command(target, 'restore', path, '--quiet')).toContain('2 file(s) were lost before the backup was made');
  expect((await contentOf(target)).attachment!.map(({ state }) => state)).toEqual(['gone', 'gone']);
  expect(existsSync(inStore(target))).toBe(false);
}, 180_000);
