/** White space that text may be broken at: not the no-break spaces U+00A0, U+2007, U+202F and U+FEFF. */
const BLANK = '[^\\S\\u00a0\\u2007\\u202f\\ufeff]';
const blank = new RegExp(`^${BLANK}+$`);
const trailing = new RegExp(`${BLANK}+$`);
// A space that carries an accent is a letter of its own.
const leading = new RegExp(`^(?:${BLANK}(?![\\p{M}\\p{Emoji_Modifier}\\u200c\\u200d]))+`, 'u');

/** How much beyond the limit is looked at to know what may stand apart; Unicode's rules need a few characters. */
const LOOKAHEAD = 64;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * The text in parts of at most `limit` by `size`, cut at white space, which is all that is lost. Only what is longer than a
 * whole part is cut elsewhere: between words of a script without spaces, else between graphemes, so that no emoji breaks.
 */
export function cutText(text: string, limit: number, size: (text: string) => number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (size(rest) > limit) {
    const at = breakOf(rest, longestPrefix(rest, limit, size));
    parts.push(rest.slice(0, at).replace(trailing, ''));
    rest = rest.slice(at).replace(leading, '');
  }
  return [...parts, rest].filter((part) => part.trim() !== '');
}

/** Where the first part ends: at the last white space within it, else where its last word may be cut. */
function breakOf(text: string, most: number): number {
  const window = text.slice(0, most + LOOKAHEAD);
  const starts = [...graphemes.segment(window)].filter(({ index }) => index > 0 && index <= most);
  const spaces = starts.filter(({ segment }) => blank.test(segment));
  return (
    spaces.at(-1)?.index ??
    insideWord(
      window,
      starts.map(({ index }) => index),
    ) ??
    most
  );
}

/** The last word boundary that is a grapheme's too, else the last grapheme's; undefined within a single huge one. */
function insideWord(window: string, starts: number[]): number | undefined {
  const allowed = new Set(starts);
  const between = [...words.segment(window)].filter(({ index }) => allowed.has(index));
  return between.at(-1)?.index ?? starts.at(-1);
}

/** In UTF-16 units; ends between code points. */
function longestPrefix(text: string, limit: number, size: (text: string) => number): number {
  let [length, room] = [0, limit];
  for (const character of text) {
    room -= size(character);
    if (room < 0) break;
    length += character.length;
  }
  return length;
}
