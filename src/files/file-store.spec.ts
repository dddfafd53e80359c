import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config.js';
import { FileStore } from './file-store.js';

let directory: string;
let store: FileStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tributary-'));
  store = new FileStore(readConfig({ DATA_DIR: directory }));
});
afterEach(() => rm(directory, { recursive: true }));

const files = async (folder: string) =>
  (await readdir(join(directory, folder), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;

test('the same content is stored once, be it in memory or in a file, also at the same time', async () => {
  await store.withSpool(async (spool) => {
    const paths = ['one', 'two'].map((name) => join(spool, name));
    for (const path of paths) await writeFile(path, 'a plan');
    const stored = await Promise.all(
      [Buffer.from('a plan'), ...paths.map((path) => ({ path, size: 6 }))].map((content) => store.put(content)),
    );
    expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(1);
    expect(stored.map(({ size }) => size)).toEqual([6, 6, 6]);
    expect(await readFile(store.path(stored[0]!.sha256), 'utf8')).toBe('a plan');
  });
  expect([await files('attachments'), await files('spool')]).toEqual([1, 0]);
});

test('content is removed when asked to, but not while somebody may be about to refer to it', async () => {
  const { sha256 } = await store.put(Buffer.from('a plan'));
  expect(await store.remove(sha256)).toBe(false);
  const longAgo = new Date(Date.now() - 120_000);
  await utimes(store.path(sha256), longAgo, longAgo);
  await store.put(Buffer.from('a plan'));
  expect([await store.remove(sha256), await files('attachments')]).toEqual([false, 1]);
  await utimes(store.path(sha256), longAgo, longAgo);
  expect([await store.remove(sha256), await files('attachments')]).toEqual([true, 0]);
  expect(await store.remove(sha256)).toBe(true);
});
