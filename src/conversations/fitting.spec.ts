import type { Capabilities } from '#libs/connector';
import { refuseUnfit } from './fitting.js';

const capabilities: Capabilities = {
  ...{ html: false, subject: false, cc: false, attachments: true, maxLength: 10, lengthUnit: 'bytes', splits: false },
  ...{ fileTypes: ['image/*', 'application/pdf'], maxFileBytes: 1_000_000, reactions: [], typing: false, moderation: [] },
};
const file = (filename: string, contentType: string, size = 1_000) => ({ id: filename, filename, contentType, size });
const refuse = (text: string, files = [] as ReturnType<typeof file>[], limits: Partial<Capabilities> = {}) =>
  refuseUnfit({ text, files }, { ...capabilities, ...limits }, 'Pigeon');

test('what fits passes, to the last byte', () => {
  const files = [file('a.png', 'Image/PNG; name=a'), file('b.pdf', 'application/pdf', 1_000_000)];
  expect(() => refuse('ten bytes!', files)).not.toThrow();
  expect(() =>
    refuse('a very long text indeed', [file('c.exe', 'application/x-msdownload')], { maxLength: null, fileTypes: [] }),
  ).not.toThrow();
});

test.each([
  ['a text too long, counted as the platform counts', () => refuse('zehn Fühl'), undefined],
  ['a text too long', () => refuse('zehn Fühle'), 'The text is too long: 11 of at most 10 bytes.'],
  [
    'a file of a type not taken, by its name',
    () => refuse('', [file('virus.exe', 'application/x-msdownload')]),
    '“virus.exe” cannot be sent through Pigeon',
  ],
  [
    'a file too large, by its name',
    () => refuse('', [file('big.png', 'image/png', 2_600_000)]),
    '“big.png” cannot be sent through Pigeon: it has 2.6 MB, and 1.0 MB is the most.',
  ],
  ['any file where none is taken', () => refuse('', [file('a.png', 'image/png')], { attachments: false }), 'Pigeon takes no files here.'],
])('refuses %s', (_what, attempt, words) => {
  if (words === undefined) expect(attempt).not.toThrow();
  else expect(attempt).toThrow(words);
});
