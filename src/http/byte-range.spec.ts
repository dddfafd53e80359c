import { byteRange } from './byte-range.js';

test.each([
  ['bytes=0-', { start: 0, end: 99 }],
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=90-500', { start: 90, end: 99 }],
  ['bytes = 10-19', { start: 10, end: 19 }],
  ['bytes=-30', { start: 70, end: 99 }],
  ['bytes=-300', { start: 0, end: 99 }],
])('%s of 100 bytes is a part', (header, part) => expect(byteRange(header, 100)).toEqual(part));

test.each([null, '', 'bytes=-', 'bytes=5-1', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=a-b'])('%s asks for all of it', (header) =>
  expect(byteRange(header, 100)).toBeNull(),
);

test.each(['bytes=100-', 'bytes=500-600', 'bytes=-0'])('%s lies beyond the end', (header) =>
  expect(byteRange(header, 100)).toBe('unsatisfiable'),
);

test('an empty file has no parts', () => expect(byteRange('bytes=0-', 0)).toBe('unsatisfiable'));
