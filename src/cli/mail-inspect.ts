import { readFile } from 'node:fs/promises';
import { inspectMail } from '#libs/email';
import type { Command } from './command.js';

/** One JSON line per file. A broken mail still gives its line; only a file that cannot be read is a failure. */
export const mailInspect: Command = async (files) => {
  if (!files.length) throw new Error('Name at least one file with a raw mail.');
  let failed = 0;
  for (const file of files) {
    try {
      process.stdout.write(`${JSON.stringify({ file, ...(await inspectMail(await readFile(file))) })}\n`);
    } catch (error) {
      process.stderr.write(`${file}: ${(error as Error).message}\n`);
      failed = 1;
    }
  }
  return failed;
};
