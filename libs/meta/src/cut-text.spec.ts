import { cutText } from './cut-text.js';

const units = (text: string) => text.length;
const bytes = (text: string) => Buffer.byteLength(text);
const cut = (text: string, limit: number) => cutText(text, limit, units);

test.each([
  ['what fits stays as it is, spaces and all', ' one  two ', 10, [' one  two ']],
  ['cuts at the last white space that fits, and loses it', 'one two three', 9, ['one two', 'three']],
  ['a word that ends just at the limit is not cut', 'one two three', 7, ['one two', 'three']],
  ['loses all white space around a cut, and none elsewhere', 'a  b \n\n  c', 5, ['a  b', 'c']],
  ['a word longer than the limit is cut, and only that', 'ab abcdefghij cd', 5, ['ab', 'abcde', 'fghij', 'cd']],
  ['a no-break space is no place to break', 'ab cd\u00a0ef', 6, ['ab', 'cd\u00a0ef']],
  ['scripts without spaces are cut between words', '我们喜欢黄铜灯', 3, ['我们', '喜欢', '黄铜灯']],
  ['a family is not torn apart', 'x👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12, ['x👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦']],
  ['nor a flag, nor a letter from its accents', '🇫🇮🇫🇮e\u0301e\u0301', 5, ['🇫🇮', '🇫🇮', 'e\u0301e\u0301']],
  ['nothing but white space is not sent', `${' '.repeat(9)}x${' '.repeat(9)}`, 4, ['x']],
])('%s', (_, text, limit, parts) => expect(cut(text, limit)).toEqual(parts));

test('bytes are counted, not characters', () => {
  expect(cutText('éé éé', 4, bytes)).toEqual(['éé', 'éé']);
  expect(cutText('😀😀😀', 8, bytes)).toEqual(['😀😀', '😀']);
});

describe('whatever the text', () => {
  const texts = Array.from({ length: 400 }, (_, seed) => randomText(seed + 1));
  const blank = /[^\S\u00a0\u2007\u202f\ufeff]/;

  test.each([
    ['characters', units, 20],
    ['characters', units, 61],
    ['bytes', bytes, 64],
  ] as const)('parts of %s fit, lose only white space at cuts, and cut nothing that could stay whole (%#)', (_, size, limit) => {
    for (const text of texts) {
      let at = 0;
      const parts = cutText(text, limit, size);
      const starts = new Set([...new Intl.Segmenter().segment(text)].map(({ index }) => index));
      for (const [index, part] of parts.entries()) {
        const lost = /^\s*/.exec(text.slice(at))![0];
        const start = text.indexOf(part, at);
        expect(size(part)).toBeLessThanOrEqual(limit);
        expect(start - at).toBeGreaterThanOrEqual(0);
        expect(start - at).toBeLessThanOrEqual(lost.length);
        if (index > 0) checkCut(text, at, start, starts, size, limit);
        at = start + part.length;
      }
      expect(text.slice(at).trim()).toBe('');
    }
  });

  /** Where no white space was lost, the word is longer than a part; and no grapheme is cut that would fit. */
  function checkCut(text: string, end: number, start: number, starts: Set<number>, size: (text: string) => number, limit: number): void {
    if (start > end) return;
    const [before, after] = [text.slice(0, end), text.slice(end)].map((side) => side.split(blank));
    expect(size(before!.at(-1)! + after![0]!)).toBeGreaterThan(limit);
    if (starts.has(start)) return;
    const torn = new Intl.Segmenter().segment(text).containing(start)!;
    expect(size(torn.segment)).toBeGreaterThan(limit);
  }
});

/** Words of all scripts, emoji of several code points, towers of accents and odd spaces; the same for the same seed. */
function randomText(seed: number): string {
  let state = seed * 2654435761;
  const next = (below: number) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const pieces = [
    'a',
    'lamp',
    'ß',
    'é',
    'e\u0301',
    '灯',
    '黄铜',
    'ไฟ',
    'हिन्दी',
    '👍🏽',
    '👩‍👩‍👧‍👦',
    '🇫🇮',
    '😀',
    '1️⃣',
    'שלום',
    'https://shop.example/a?b=c',
    '.',
    '’',
  ];
  const spaces = [' ', ' ', '  ', '\n', '\r\n', '\t', '\u3000', '\u00a0'];
  return Array.from({ length: 1 + next(60) }, () => {
    const piece = pieces[next(pieces.length)]!;
    const long = next(12) === 0 ? piece.repeat(1 + next(30)) : piece;
    const tower = next(25) === 0 ? `z${'\u0301'.repeat(next(90))}` : '';
    return long + tower + (next(3) ? spaces[next(spaces.length)]! : '');
  }).join('');
}
