import { Dice } from './dice.js';

export type Database = 'sqlite' | 'postgres';

/** What befalls Tributary itself, what it stands on, and what is at the other end of its lines. */
const everywhere = [
  ...['kill-redis', 'flush-redis', 'old-redis', 'disk-full', 'clock-forward', 'clock-back', 'kill-dovecot', 'imap-hangs', 'imap-cuts'],
  ...['smtp-drops-after-data', 'smtp-drops-before', 'smtp-later', 'smtp-refuses', 'smtp-hangs', 'smtp-away', 'smtp-goodbye'],
  ...['graph-500', 'graph-html-502', 'graph-hangs', 'graph-limit', 'graph-sends-then-fails', 'graph-sends-then-drops'],
  ...['graph-sends-then-hangs', 'webhooks-twice', 'webhooks-disorder'],
] as const;
const ofOneProcess = ['kill-app', 'stop-app', 'pause-app'] as const;
const ofSeveral = ['kill-api', 'kill-worker', 'stop-api', 'stop-worker', 'pause-worker', 'restart-postgres'] as const;

export type FaultKind = (typeof everywhere | typeof ofOneProcess | typeof ofSeveral)[number];

/** One thing that goes wrong. */
export interface Fault {
  kind: FaultKind;
  /** Since the begin of the run, ms. */
  at: number;
  /** How long it lasts, or how long the dead stay dead, ms. */
  forMs: number;
  /** Which of several it hits: a number to take the remainder of. */
  target: number;
}

export const kindsOn = (database: Database): FaultKind[] => [...everywhere, ...(database === 'sqlite' ? ofOneProcess : ofSeveral)];

const quietMs = 4_000;
const gapMs = { least: 1_500, most: 4_000 };

/** Everything that goes wrong in a run: a pure function of these. Each kind comes once before any comes again. */
export function planOf(seed: number, minutes: number, database: Database): Fault[] {
  const dice = new Dice(seed);
  const faults: Fault[] = [];
  let bag: FaultKind[] = [];
  for (let at = quietMs; at < minutes * 60_000; at += dice.between(gapMs.least, gapMs.most)) {
    if (!bag.length) bag = dice.shuffled(kindsOn(database));
    const kind = bag.pop()!;
    faults.push({ kind, at, forMs: lasting(kind, dice, minutes), target: dice.between(0, 99) });
  }
  return faults;
}

/** A pause is sometimes longer than the 30 s for which a send is somebody's; a short run has no time for that. */
function lasting(kind: FaultKind, dice: Dice, minutes: number): number {
  if (kind.startsWith('pause-')) return dice.between(5_000, minutes >= 3 ? 45_000 : 8_000);
  if (kind.startsWith('kill-') || kind.startsWith('stop-')) return dice.between(0, 8_000);
  return dice.between(2_000, 8_000);
}
