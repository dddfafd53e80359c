import { Writable } from 'node:stream';
import { progress, told } from './progress.js';

function screen(isTTY: boolean) {
  let text = '';
  const out = new Writable({ write: (chunk: Buffer, _, done) => ((text += chunk.toString()), done()) });
  return { out: Object.assign(out, { isTTY, columns: 100 }), text: () => text };
}

function clock() {
  let time = 0;
  return { now: () => time, pass: (ms: number) => (time += ms) };
}

test('a terminal shows one line with share, rate and time left, redrawn in place', () => {
  const { out, text } = screen(true);
  const { now, pass } = clock();
  const rows = progress('Rows', 1000, { unit: 'rows', out, now });
  pass(1000);
  rows.add(250);
  expect(text()).toBe('\r\u001b[KRows: 25% (250 rows of 1,000 rows), 250 rows/s, 3 s left');
  pass(3000);
  rows.add(750);
  rows.end();
  expect(text()).toMatch(/\r\u001b\[KRows: 1,000 rows in 4 s\n$/);
});

test('a log gets a line of its own every ten seconds, not one per step', () => {
  const { out, text } = screen(false);
  const { now, pass } = clock();
  const files = progress('Files', undefined, { unit: 'bytes', out, now });
  for (let second = 0; second < 25; second++) {
    pass(1000);
    files.add(2_000_000);
  }
  files.end();
  expect(text()).toBe('Files: (20.0 MB), 2.0 MB/s\nFiles: (40.0 MB), 2.0 MB/s\nFiles: 50.0 MB in 25 s\n');
});

test('quiet is silent', () => {
  const { out, text } = screen(true);
  const rows = progress('Rows', 2, { quiet: true, out });
  rows.add(2);
  rows.end();
  expect(text()).toBe('');
});

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1500, '1.5 kB'],
  [250_000_000, '250 MB'],
  [3_000_000_000_000, '3.0 TB'],
])('%d bytes are told as %s', (amount, words) => expect(told(amount, 'bytes')).toBe(words));
