import { fromBackup, toBackup } from './values.js';

const moment = Date.UTC(2026, 10, 22, 9, 30, 0, 7);

test('a time is the same millisecond, from either database into either', () => {
  const sqlite = '2026-11-22 09:30:00.007';
  expect([toBackup('time', sqlite), toBackup('time', new Date(moment))]).toEqual([moment, moment]);
  expect(fromBackup('sqlite', 'time', moment)).toBe(sqlite);
  expect(fromBackup('postgres', 'time', moment)).toBe('2026-11-22T09:30:00.007Z');
});

test('the first second of 1970 is a time like any other', () => {
  expect(toBackup('time', '1970-01-01 00:00:00.000')).toBe(0);
  expect(fromBackup('sqlite', 'time', 0)).toBe('1970-01-01 00:00:00.000');
});

test('bytes and flags keep their value', () => {
  const bytes = Buffer.from([0, 1, 254, 255]);
  expect(fromBackup('sqlite', 'bytes', toBackup('bytes', bytes))).toEqual(bytes);
  expect([toBackup('flag', 1), toBackup('flag', false)]).toEqual([true, false]);
  expect([fromBackup('sqlite', 'flag', true), fromBackup('postgres', 'flag', true)]).toEqual([1, true]);
});

test('nothing stays nothing, and is not taken for zero', () => {
  for (const kind of ['time', 'bytes', 'flag', 'plain'] as const)
    expect([toBackup(kind, null), fromBackup('sqlite', kind, null)]).toEqual([null, null]);
});

test('a time that is none is not guessed', () => {
  expect(() => toBackup('time', 'yesterday')).toThrow('"yesterday" is no time.');
});

test('what PostgreSQL has no character for is left out on the way there, and nothing else', () => {
  expect(fromBackup('postgres', 'plain', 'a\0b\ud800 \\u0000')).toBe('ab\ufffd \\u0000');
  expect(fromBackup('sqlite', 'plain', 'a\0b')).toBe('a\0b');
  const json = JSON.stringify({ nul: 'a\0b', words: '\\u0000', both: '\\\0' });
  expect(JSON.parse(fromBackup('postgres', 'json', json) as string)).toEqual({ nul: 'ab', words: '\\u0000', both: '\\' });
});

test('a number in JSON that is too long for us is not rounded', () => {
  expect(fromBackup('postgres', 'json', '{"id":12345678901234567890}')).toBe('{"id":12345678901234567890}');
});
