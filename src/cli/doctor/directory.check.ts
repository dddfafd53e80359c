import { mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Check, fail, type Finding, megabytes, ok, warn } from './finding.js';

const scarceBytes = 1024 ** 3;
const noneBytes = 100 * 1024 ** 2;

/** DATA_DIR: ours alone, and writable. */
export const directoryCheck: Check = async ({ config }) => {
  const directory = resolve(config.DATA_DIR);
  const facts = await stat(directory).catch(() => null);
  if (!facts)
    return [warn('directory', `${directory} does not exist yet.`, 'The first start makes it. Is DATA_DIR the one that the server uses?')];
  return [await writable(directory, facts.mode), ...(await attachments(directory)), ...(await key(directory, config.ENCRYPTION_KEY))];
};

/** Room for attachments, and for the database when it is a file. */
export const diskCheck: Check = async ({ config }) => {
  const { bavail, bsize } = await statfs((await stat(config.DATA_DIR).catch(() => null)) ? config.DATA_DIR : '.');
  const free = bavail * bsize;
  const detail = `${megabytes(free)} are free.`;
  if (free > scarceBytes) return [ok('disk', detail)];
  const advice = 'Make room, or move DATA_DIR to a larger disk: without room nothing that comes in can be kept.';
  return [(free < noneBytes ? fail : warn)('disk', detail, advice)];
};

async function writable(directory: string, mode: number): Promise<Finding> {
  const refusal = await tryWriting(directory);
  if (refusal) return fail('directory', `${directory} cannot be written: ${refusal}`, 'Give it to the user that runs Tributary: chown -R.');
  if (mode & 0o077) return warn('directory', `${directory} can be entered by others on this machine.`, `chmod 700 ${directory}`);
  return ok('directory', `${directory} is writable, and nobody else can enter it.`);
}

async function attachments(directory: string): Promise<Finding[]> {
  const path = join(directory, 'attachments');
  if (!(await stat(path).catch(() => null))) return [];
  const refusal = await tryWriting(path);
  if (!refusal) return [];
  return [fail('attachments', `${path} cannot be written: ${refusal}`, 'Give it to the user that runs Tributary: chown -R.')];
}

/** Whoever reads the key can open the credentials of all channels. */
async function key(directory: string, fromEnvironment: string | undefined): Promise<Finding[]> {
  if (fromEnvironment) return [ok('key', 'It is given by ENCRYPTION_KEY.')];
  const path = join(directory, 'secret.key');
  const facts = await stat(path).catch(() => null);
  if (!facts)
    return [warn('key', `${path} does not exist yet.`, 'The first start makes it. If there are channels already, bring the old one back.')];
  if (facts.mode & 0o077) return [fail('key', `${path} can be read by others on this machine.`, `chmod 600 ${path}`)];
  return [ok('key', `${path} can be read by its owner only.`)];
}

/** Why nothing can be written there; null when it can. Permissions alone do not tell: the disk may be mounted for reading. */
async function tryWriting(directory: string): Promise<string | null> {
  try {
    await rm(await mkdtemp(join(directory, '.doctor-')), { recursive: true });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
