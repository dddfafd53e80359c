import { previewOf } from './preview.js';

const photo = { filename: '5775689_n.jpg', contentType: 'image/jpeg' };
const invoice = { filename: 'invoice.pdf', contentType: 'application/pdf' };
const reel = { kind: 'reel' as const, title: null, url: null, facts: {} };

test('words come first, then what was shared or answered, then files', () => {
  expect(previewOf({ text: 'Look!', cards: [reel], files: [photo] })).toBe('Look!');
  expect(previewOf({ text: ' ', cards: [reel], files: [photo] })).toBe('Shared a reel');
  expect(previewOf({ text: '', cards: [{ ...reel, title: 'Glow' }], files: [] })).toBe('Shared a reel: Glow');
  expect(previewOf({ text: '', files: [] })).toBe('');
});

test('pictures, films and sounds are called so, other files by their name, and several are counted', () => {
  expect(previewOf({ text: '', files: [photo] })).toBe('Photo');
  expect(previewOf({ text: '', files: [{ filename: 'video', contentType: 'video/*' }] })).toBe('Video');
  expect(previewOf({ text: '', cards: null, files: [invoice, photo] })).toBe('invoice.pdf and 1 more');
});

test('a long text is cut between characters', () => {
  expect(previewOf({ text: `${'😀'.repeat(159)}\n😀`, files: [] })).toBe(`${'😀'.repeat(159)}…`);
});
