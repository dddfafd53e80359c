import { type Habits, usualHabits } from '../habits.js';
import { list, number, object, type Reader, WrongField } from './reading.js';

/** Habits by name, each of the kind it usually is; `limits` holds those that differ from none. */
export const habits: Reader<Partial<Habits>> = (value, path) => alike(object(value, path), usualHabits, path);

function alike(given: Record<string, unknown>, usual: object, path: string): Record<string, unknown> {
  const known = new Map<string, unknown>(Object.entries(usual));
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, ofKind(value, known, name, `${path}.${name}`)]));
}

function ofKind(value: unknown, known: Map<string, unknown>, name: string, path: string): unknown {
  const usual = known.get(name);
  if (usual === undefined) throw new WrongField(path, `there is no such habit; there are ${[...known.keys()].join(', ')}`);
  if (Array.isArray(usual)) return list(number)(value, path);
  if (typeof usual === 'object') return { ...usual, ...alike(object(value, path), usual!, path) };
  if (typeof value === typeof usual) return value;
  throw new WrongField(path, `should be a ${typeof usual}, not ${JSON.stringify(value)}`);
}
