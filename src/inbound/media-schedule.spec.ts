import { afterTrouble, leaseMs, patienceMs } from './media-schedule.js';

const waits = (attempt: number) => (afterTrouble(attempt, 'no answer', true).change.nextFetchAt?.getTime() ?? 0) - Date.now();

test('what may pass is tried again, ever more rarely, for as long as addresses are known to live', () => {
  expect(Math.round(waits(1) / 1_000)).toBe(5);
  expect(Math.round(waits(2) / 1_000)).toBe(20);
  expect(Math.round(waits(30) / 3_600_000)).toBe(6);
  const total = Array.from({ length: 65 }, (_, at) => waits(at + 1)).reduce((sum, wait) => sum + wait, 0);
  expect(total / 86_400_000).toBeGreaterThan(14);
  expect(afterTrouble(66, 'no answer', true).change).toEqual({ state: 'gone', remoteUrl: null, nextFetchAt: null });
});

test('what will not pass is shown from where it lies, and not tried again', () => {
  expect(afterTrouble(1, 'too large', false).change).toEqual({ state: 'linked', nextFetchAt: null });
});

test('nobody else takes a file that is still being fetched', () => expect(leaseMs).toBeGreaterThan(patienceMs));
