import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file aside and gives it its name once it is on the disk, so that nobody ever takes half of one for a backup. */
export async function writeWhole<T>(path: string, force: boolean, write: (out: NodeJS.WritableStream) => Promise<T>): Promise<T> {
  if (existsSync(path) && !force) throw new Error(`${path} exists already. Choose another name, or --force to replace it.`);
  const draft = `${path}.${randomBytes(4).toString('hex')}.part`;
  const file = await open(draft, 'wx', 0o600);
  try {
    const result = await write(file.createWriteStream({ flush: true }));
    await rename(draft, path);
    await syncFolder(dirname(path));
    return result;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** What a full or forbidden disk means to whoever ran the command. */
export function asSentence(error: NodeJS.ErrnoException, path: string): Error {
  if (error.code === 'ENOSPC') return new Error(`There is no space left for ${path}. Nothing was left behind.`);
  if (error.code === 'EACCES' || error.code === 'EROFS') return new Error(`${path} may not be written: ${error.message}`);
  return error;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}
