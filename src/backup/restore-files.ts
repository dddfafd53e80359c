import type { Config } from '../config.js';
import { FileStore } from '../files/file-store.js';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeepFile } from './read-backup.js';

/** Puts files into the store while the backup is checked. */
export function filesInto(config: Config): KeepFile {
  const store = new FileStore(config);
  return async (sha256) => {
    const path = store.path(sha256);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'w', 0o600);
    return {
      write: async (chunk) => void (await file.writeFile(chunk)),
      end: () => file.sync().finally(() => file.close()),
    };
  };
}
