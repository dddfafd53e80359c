import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultKind } from './plan.js';
import { SmallDisk } from './small-disk.js';
import { WrongClock } from './wrong-clock.js';
import type { World } from './world.js';

type Strike = (world: World, fault: Fault) => Promise<void>;

const one = <T>(list: T[], { target }: Fault): T => list[target % list.length]!;

/** Those that last no longer than a run has patience for. */
const limits = [{ code: 613 }, { code: 80006, regainAccessMinutes: 1 }];

/** Each resolves when it is over. */
const strikes: Record<FaultKind, Strike> = {
  'kill-app': (world, { forMs }) => world.apis[0]!.kill(forMs),
  'stop-app': (world, { forMs }) => world.apis[0]!.restart(forMs),
  'pause-app': (world, { forMs }) => world.apis[0]!.pause(forMs),
  'kill-api': (world, fault) => one(world.apis, fault).kill(fault.forMs),
  'kill-worker': (world, fault) => one(world.workers, fault).kill(fault.forMs),
  'stop-api': (world, fault) => one(world.apis, fault).restart(fault.forMs),
  'stop-worker': (world, fault) => one(world.workers, fault).restart(fault.forMs),
  'pause-worker': (world, fault) => one(world.workers, fault).pause(fault.forMs),
  'restart-postgres': (world, { forMs }) => world.postgres!.restart(forMs / 2),
  'kill-redis': (world, { forMs }) => world.redis.kill(forMs / 2),
  'flush-redis': (world) => world.redis.flush(),
  'old-redis': oldRedis,
  'disk-full': fillDisk,
  'clock-forward': (world, fault) => setClock(world, fault, 3_600),
  'clock-back': (world, fault) => setClock(world, fault, -600),
  'kill-dovecot': (world) => world.dovecot.restart(),
  'imap-hangs': async ({ imapLine }, { forMs }) => {
    imapLine.stall();
    await sleep(forMs);
    imapLine.resume();
  },
  // In the middle of a mail, as like as not.
  'imap-cuts': async ({ imapLine }, { forMs }) => imapLine.dropAfter(forMs * 5),
  'smtp-drops-after-data': ({ smtp }, { forMs }) => smtp.behave('drop-after-data', forMs / 2),
  'smtp-drops-before': ({ smtp }, { forMs }) => smtp.behave('drop-before-data', forMs),
  'smtp-later': ({ smtp }, { forMs }) => smtp.behave('try-later', forMs),
  'smtp-refuses': ({ smtp }, { forMs }) => smtp.behave('refuse-message', forMs / 2),
  'smtp-hangs': ({ smtp }, { forMs }) => smtp.behave('hang', forMs / 2),
  'smtp-goodbye': ({ smtp }) => smtp.behave('goodbye', 1_000),
  'smtp-away': ({ smtp }, { forMs }) => smtp.away(forMs),
  'graph-500': async ({ meta }) => meta.behave('fail-500', 'fail-500'),
  'graph-html-502': async ({ meta }) => meta.behave('html-502', 'html-502'),
  'graph-hangs': async ({ meta }) => meta.behave('hang'),
  'graph-limit': async ({ meta }, fault) => meta.behave(one(limits, fault)),
  'graph-sends-then-fails': async ({ meta }) => meta.behave('deliver-then-error', 'deliver-then-error'),
  'graph-sends-then-drops': async ({ meta }) => meta.behave('deliver-then-drop', 'deliver-then-drop'),
  'graph-sends-then-hangs': async ({ meta }) => meta.behave('deliver-then-hang'),
  'webhooks-twice': (world, fault) => withHabits(world, fault, { duplicates: 0.7, duplicateWithinMs: 3_000 }),
  'webhooks-disorder': (world, fault) => withHabits(world, fault, { reorderWithinMs: 4_000, batchWithinMs: 300 }),
};

/** Makes it go wrong. Resolves when it is over. */
export const strike = (world: World, fault: Fault): Promise<void> => strikes[fault.kind](world, fault);

/** Why this world cannot have such a fault, or null. */
export function impossible({ disk, clock }: World, kind: FaultKind): string | null {
  if (kind === 'disk-full' && typeof disk === 'string') return disk;
  if (kind.startsWith('clock-') && typeof clock === 'string') return clock;
  return null;
}

async function oldRedis({ redis }: World, { forMs }: Fault): Promise<void> {
  await redis.copy();
  await sleep(forMs);
  await redis.putBack();
}

async function fillDisk({ disk }: World, { forMs }: Fault): Promise<void> {
  if (!(disk instanceof SmallDisk)) return;
  await disk.fill();
  await sleep(forMs);
  await disk.free();
}

async function setClock({ clock }: World, { forMs }: Fault, seconds: number): Promise<void> {
  if (!(clock instanceof WrongClock)) return;
  await clock.set(seconds);
  await sleep(forMs + 1_000);
  await clock.set(0);
}

async function withHabits({ meta }: World, { forMs }: Fault, habits: Partial<World['meta']['habits']>): Promise<void> {
  const usual = { ...meta.habits };
  const names = Object.keys(habits) as Array<keyof typeof usual>;
  Object.assign(meta.habits, habits);
  await sleep(forMs);
  Object.assign(meta.habits, Object.fromEntries(names.map((name) => [name, usual[name]])));
}
