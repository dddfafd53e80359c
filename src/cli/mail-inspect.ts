import { stat } from 'node:fs/promises';
import { inspectMail } from '#libs/email';
import type { Command } from './command.js';

/** One JSON line per file. A broken mail still gives its line; only a file that cannot be read is a failure. */
export const mailInspect: Command = async (files) => {
  if (!files.length) throw new Error('Name at least one file with a raw mail.');
  let failed = 0;
  for (const path of files) {
    try {
      const { size } = await stat(path);
      process.stdout.write(`${JSON.stringify({ file: path, ...(await inspectMail({ path, size })) })}\n`);
    } catch (error) {
      process.stderr.write(`${path}: ${(error as Error).message}\n`);
      failed = 1;
    }
  }
  return failed;
};
