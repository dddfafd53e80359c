/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The part of a file that a `Range` header asks for (RFC 9110 §14.1.2); null for all of it, also where several parts are asked
 * for, which nobody has to give. `unsatisfiable` when it lies beyond the end.
 */
export function byteRange(header: string | null, size: number): ByteRange | null | 'unsatisfiable' {
  const [, from, until] = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(' ', '') ?? '') ?? [];
  if (from === undefined || until === undefined || (from === '' && until === '')) return null;
  const start = from === '' ? Math.max(0, size - Number(until)) : Number(from);
  const end = from === '' || until === '' ? size - 1 : Math.min(Number(until), size - 1);
  if (from !== '' && until !== '' && Number(until) < Number(from)) return null;
  return start < size && start <= end ? { start, end } : 'unsatisfiable';
}
