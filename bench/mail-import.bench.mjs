import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDovecot, startSmtpSink } from '../dist/libs/simulators/src/index.js';
import { Api } from './api.mjs';
import { makeMails } from './mail-import/mails.mjs';
import { measuredProcess } from './measured-process.mjs';

const address = 'help@brand.test';
const password = 'bench-password';

/** 5,000 mails from a real Dovecot into conversations, beside a bare loop over the same mailbox in the same run. */
export async function* run({ mails: count = '5000', seed = '1' }) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const dovecot = await startDovecot({ users: { [address]: password } });
  const sink = await startSmtpSink();
  try {
    const mails = Number(count);
    const shape = { mails, threads: Math.round(mails * 0.3), files: Math.round(mails / 5), megabytes: mails / 25 };
    const made = makeMails({ ...shape, seed: Number(seed), to: address });
    for (const raw of made.mails) await dovecot.deliver(address, raw);
    const bare = await bareLoop(dovecot, join(folder, 'bare'));
    const ours = await imported(dovecot, sink, folder, made);
    yield { figure: 'bare loop', mails, ...rates(mails, bare) };
    yield { figure: 'import', mails, ...rates(mails, ours), conversations: ours.conversations, threadsExact: ours.exact };
    yield { figure: 'ratio', value: round(bare.ms / ours.ms), atLeast: 0.6 };
  } finally {
    await sink.stop();
    await dovecot.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function bareLoop({ host, port }, folder) {
  const started = performance.now();
  const child = measuredProcess('bench/mail-import/bare-loop.mjs', {
    args: [JSON.stringify({ host, port, user: address, pass: password, folder })],
  });
  if ((await child.ended) !== 0) throw new Error('the bare loop failed');
  const { cpuMs, peakRssMb } = JSON.parse(child.output());
  return { ms: performance.now() - started, cpuMs, peakRssMb };
}

async function imported(dovecot, sink, folder, { mails, sizes }) {
  const port = 20_000 + (process.pid % 20_000);
  const admin = { ADMIN_EMAIL: 'admin@brand.test', ADMIN_PASSWORD: password };
  const app = measuredProcess('dist/src/main.js', {
    env: {
      ...admin,
      PORT: String(port),
      DATA_DIR: join(folder, 'data'),
      ALLOW_PRIVATE_HOSTS: 'true',
      LOG_LEVEL: 'warn',
      DATABASE_URL: '',
      REDIS_URL: '',
    },
  });
  try {
    const api = await Api.signIn(`http://127.0.0.1:${port}`, admin.ADMIN_EMAIL, password);
    const before = app.usage();
    const started = performance.now();
    await api.post('channels', channelOn(dovecot, sink));
    await allTakenIn(api, app, mails.length);
    const ms = performance.now() - started;
    const { cpuMs, peakRssMb } = app.usage();
    const counts = await messageCounts(api);
    const exact = JSON.stringify(counts) === JSON.stringify([...sizes].sort((a, b) => a - b));
    return { ms, cpuMs: cpuMs - before.cpuMs, peakRssMb, conversations: counts.length, exact };
  } finally {
    await app.stop();
  }
}

const channelOn = ({ host, port }, sink) => ({
  type: 'email',
  name: 'Help',
  address,
  settings: {
    importSince: 'all',
    imap: { host, port, secure: false, user: address, password },
    smtp: { host: sink.host, port: sink.port, secure: false },
  },
});

/** Until the mailbox was read to its end and nothing of it waits any more. */
async function allTakenIn(api, app, mails) {
  for (;;) {
    if (!app.running()) throw new Error('the app ended during the import');
    const [channel] = (await api.get('channels')).items;
    const { importProgress } = channel.health;
    const read = importProgress && importProgress.done >= mails;
    if (read && !(await api.get('inbound-events?state=received&limit=1')).items.length) return;
    await sleep(100);
  }
}

async function messageCounts(api) {
  const counts = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await api.get(`conversations?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    counts.push(...page.items.map(({ messageCount }) => messageCount));
    cursor = page.nextCursor;
  }
  return counts.sort((a, b) => a - b);
}

const round = (value) => Math.round(value * 100) / 100;

const rates = (mails, { ms, cpuMs, peakRssMb }) => ({
  mailsPerSecond: Math.round((mails * 1000) / ms),
  cpuMsPerMail: round(cpuMs / mails),
  peakRssMb: Math.round(peakRssMb),
});
