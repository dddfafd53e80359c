import fc from 'fast-check';
import type { Patience } from '#libs/connector';
import { nextAttempt, type Obstacle, type Trying, usualPatience } from './retry-schedule.js';

const start = new Date('2026-03-02T12:00:00Z');
const day = 24 * 3_600_000;

const patiences = fc
  .array(fc.integer({ min: 100, max: 12 * 3_600_000 }), { minLength: 1, maxLength: 10 })
  .chain((waits): fc.Arbitrary<Patience> =>
    fc.integer({ min: 1_000, max: 3 * day }).map((most) => ({ waits: waits.toSorted((a, b) => a - b), most })),
  );
const obstacles: fc.Arbitrary<Obstacle> = fc.record({
  kind: fc.constantFrom('rate-limited' as const, 'unavailable' as const),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 2 * day }), { nil: undefined }),
});

/** The times at which a reply is tried that meets the same obstacle each time, at once. */
function attempts(obstacle: Obstacle, patience: Patience, closesAt: Date | null, random: () => number): { at: Date[]; over: string } {
  const at = [start];
  for (;;) {
    const trying: Trying = { attempts: at.length, since: start, patience, closesAt };
    const next = nextAttempt(obstacle, trying, at.at(-1), random());
    if ('over' in next) return { at, over: next.over };
    at.push(next.at);
  }
}

test('whatever stands in the way, attempts come to an end in time, each after the one before, and never once the window has closed', () => {
  fc.assert(
    fc.property(
      obstacles,
      patiences,
      fc.option(fc.integer({ min: 0, max: day })),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (obstacle, patience, closesIn, chance) => {
        const closesAt = closesIn === null ? null : new Date(start.getTime() + closesIn);
        const { at, over } = attempts(obstacle, patience, closesAt, () => Number(chance.next().value));
        const last = at.at(-1)!.getTime() - start.getTime();
        expect(at.every((time, n) => n === 0 || time > at[n - 1]!)).toBe(true);
        expect(last).toBeLessThanOrEqual(Math.max(patience.most, obstacle.kind === 'rate-limited' && obstacle.retryAfterMs ? day : 0));
        if (closesIn !== null) expect(last).toBeLessThanOrEqual(Math.max(closesIn, 0));
        if (closesIn === null) expect(over).toBe('tried');
      },
    ),
  );
});

test('each wait is within a tenth of what was planned, and never shorter than the platform wished', () => {
  fc.assert(
    fc.property(obstacles, fc.integer({ min: 1, max: 7 }), fc.double({ min: 0, max: 1, noNaN: true }), (obstacle, attempts, random) => {
      const next = nextAttempt(obstacle, { attempts, since: start, patience: usualPatience, closesAt: null }, start, random);
      if ('over' in next) return;
      const wait = next.at.getTime() - start.getTime();
      const { kind, retryAfterMs: wish = 0 } = obstacle;
      const growing = (first: number) => Math.min(first * 2 ** (attempts - 1), 900_000);
      const paused = wish ? Math.max(wish, growing(1_000)) : growing(30_000);
      const planned = kind === 'unavailable' ? Math.max(usualPatience.waits[attempts - 1]!, wish) : paused;
      expect(wait).toBeGreaterThanOrEqual(Math.floor(Math.max(planned * 0.9, wish)));
      expect(wait).toBeLessThanOrEqual(Math.ceil(planned * 1.1));
    }),
  );
});

test('replies that failed together are not all tried again at the same moment', () => {
  const trying = { attempts: 2, since: start, patience: usualPatience, closesAt: null };
  const times = Array.from({ length: 20 }, () => nextAttempt({ kind: 'unavailable' }, trying, start) as { at: Date });
  expect(new Set(times.map(({ at }) => at.getTime())).size).toBeGreaterThan(10);
});

test('a platform that says how long is waited for, also beyond our own patience', () => {
  const briefly = { waits: [1_000], most: 600_000 };
  const trying = { attempts: 1, since: start, patience: briefly, closesAt: null };
  const anHour = nextAttempt({ kind: 'rate-limited', retryAfterMs: 3_600_000 }, trying, start, 0);
  expect(anHour).toEqual({ at: new Date(start.getTime() + 3_600_000) });
});
