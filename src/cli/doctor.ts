import { parseArgs } from 'node:util';
import { type Config, ConfigError, readConfig } from '../config.js';
import { within } from '../health/figures.js';
import { migrationsOf } from '../health/probes.js';
import { reason } from '../reason.js';
import type { Command } from './command.js';
import { addressCheck } from './doctor/address.check.js';
import { channelsCheck } from './doctor/channels.check.js';
import { clockCheck } from './doctor/clock.check.js';
import { databaseFindings, openAsItIs } from './doctor/database.check.js';
import { diskCheck, directoryCheck } from './doctor/directory.check.js';
import { type Check, fail, ok, type Patient } from './doctor/finding.js';
import { nodeCheck } from './doctor/node.check.js';
import { processesCheck } from './doctor/processes.check.js';
import { queueCheck } from './doctor/queue.check.js';
import { Report } from './doctor/report.js';
import { workCheck } from './doctor/work.check.js';

/** Longer than a channel may take, which says so itself. */
const patienceMs = 25_000;

/** Each needs nothing but the configuration, or says itself what it needs. */
const basics: Record<string, Check> = {
  node: nodeCheck,
  directory: directoryCheck,
  disk: diskCheck,
  queue: queueCheck,
  clock: clockCheck,
  address: addressCheck,
};

/** These read the tables of this version. */
const insides: Record<string, Check> = { processes: processesCheck, work: workCheck, channels: channelsCheck };

/** Looks at everything that can keep Tributary from working and says what to do. It changes nothing and needs no server. */
export const doctor: Command = async (words) => {
  const { json } = parseArgs({ args: words, options: { json: { type: 'boolean', default: false } } }).values;
  const config = understood(json);
  if (typeof config === 'number') return config;
  const report = new Report(json, secretsOf(config));
  report.add([ok('config', `Every variable that is set has a value that is allowed. ROLE is ${config.ROLE}.`)]);
  const opening = within(patienceMs, openAsItIs(config));
  const patient = { config, database: opening };
  const look = (checks: Record<string, Check>) => Promise.all(Object.entries(checks).map((check) => run(report, patient, ...check)));
  await Promise.all([look(basics), databaseFindings(config, opening).then((findings) => report.add(findings))]);
  if (await isCurrent(patient)) await look(insides);
  await (await opening.catch(() => null))?.destroy();
  return report.end();
};

/** The configuration, or the exit code after its faults were told. */
function understood(json: boolean): Config | number {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const report = new Report(json, []);
    report.add(
      error.faults.map((fault) =>
        fail('config', fault, 'Correct it where the environment of Tributary is set. Nothing else was looked at.'),
      ),
    );
    return report.end();
  }
}

async function run(report: Report, patient: Patient, name: string, check: Check): Promise<void> {
  const advice = 'This could not be found out. Look at what the other lines say first.';
  report.add(await within(patienceMs, check(patient)).catch((error: unknown) => [fail(name, reason(error), advice)]));
}

/** Of tables that are not those of this version, nothing more is asked. */
async function isCurrent({ database }: Patient): Promise<boolean> {
  const opened = await database.catch(() => null);
  return opened !== null && !(await migrationsOf(opened)).missing.length;
}

const secretNames = [
  ...(['ADMIN_PASSWORD', 'ENCRYPTION_KEY', 'META_APP_SECRET', 'META_VERIFY_TOKEN'] as const),
  ...(['INSTAGRAM_APP_SECRET', 'GOOGLE_CLIENT_SECRET', 'MICROSOFT_CLIENT_SECRET'] as const),
];

/** Passwords and keys of the configuration, those inside addresses included. */
function secretsOf(config: Config): string[] {
  const inAddresses = [config.DATABASE_URL, config.REDIS_URL].map((url) =>
    url && URL.canParse(url) ? decodeURIComponent(new URL(url).password) : '',
  );
  return [...secretNames.map((name) => config[name]), ...inAddresses].flatMap((secret) => secret || []);
}
