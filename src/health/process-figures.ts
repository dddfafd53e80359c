import { statfs } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import type { Sample, Source } from './figures.js';
import { livingProcesses } from './heartbeat.js';

type Name = 'processes';

/** The processes that share the work, by role. */
export function processFigures(database: DataSource): Source<Name> {
  return {
    dependency: 'database',
    figures: { processes: ['Processes that live, by role', 'role'] },
    async read() {
      const living = await livingProcesses(database);
      return ['all', 'api', 'worker'].map((wanted): Sample<Name> => [
        'processes',
        living.filter(({ role }) => role === wanted).length,
        wanted,
      ]);
    },
  };
}

/** The room that is left for attachments, and for the database when it is a file. */
export function diskFigures(directory: string): Source<'disk_free_bytes' | 'disk_size_bytes'> {
  return {
    dependency: 'disk',
    figures: {
      disk_free_bytes: ['Room left where DATA_DIR is'],
      disk_size_bytes: ['Size of the disk where DATA_DIR is'],
    },
    async read() {
      const { bavail, blocks, bsize } = await statfs(directory);
      return [
        ['disk_free_bytes', bavail * bsize],
        ['disk_size_bytes', blocks * bsize],
      ];
    },
  };
}
