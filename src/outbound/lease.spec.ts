import { Lease, leaseMs } from './lease.js';

const start = { steady: 1_000, wall: Date.parse('2026-03-02T12:00:00Z') };
const later = (steady: number, wall = steady) => ({ steady: start.steady + steady, wall: start.wall + wall });

test('a lease holds until shortly before others may take over', () => {
  const lease = new Lease(start);
  expect([lease.holds(later(0)), lease.holds(later(leaseMs - 6_000)), lease.holds(later(leaseMs - 5_000))]).toEqual([true, true, false]);
  lease.extend(later(20_000));
  expect(lease.holds(later(leaseMs + 10_000))).toBe(true);
});

test('whichever clock says that it has run out is believed: a paused process and a machine that slept both send no more', () => {
  const lease = new Lease(start);
  expect(lease.holds(later(60_000, 0))).toBe(false);
  expect(lease.holds(later(0, 3_600_000))).toBe(false);
  // Put back, the clock of the wall says nothing; the steady one does.
  expect([lease.holds(later(1_000, -600_000)), lease.holds(later(60_000, -600_000))]).toEqual([true, false]);
});
