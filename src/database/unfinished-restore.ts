import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Lies in DATA_DIR from the beginning of a restore until it is complete. */
export const restoreMark = (dataDir: string) => join(dataDir, 'restore.unfinished');

/** Throws with a sentence when a restore into this directory did not come to its end: what is there is no whole inbox. */
export function refuseUnfinishedRestore(dataDir: string): void {
  if (!existsSync(restoreMark(dataDir))) return;
  throw new Error(
    `A restore into ${dataDir} was not finished, so what is there is not a whole inbox. Run \`tributary restore FILE\` again: it starts over.`,
  );
}
