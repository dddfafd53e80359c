import { createHash } from 'node:crypto';

/** Numbers in 0..1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An id of 15 to 17 digits as Meta gives them, the same for the same parts; about a third exceed 2^53. */
export function metaId(...parts: (string | number)[]): string {
  const hash = createHash('sha256').update(parts.join('\n')).digest();
  const length = 15 + (hash[0]! % 3);
  const digits = hash.readBigUInt64BE(1).toString().padStart(20, '7') + hash.readBigUInt64BE(9).toString();
  return `${1 + (hash[17]! % 9)}${digits.slice(0, length - 1)}`;
}
