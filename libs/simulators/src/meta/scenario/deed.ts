import type { Cast } from './cast.js';
import { shape, type Reader, type Shape } from './reading.js';

/** Something that can be done to the platform, by a step of a scenario or a call from outside. */
export interface Deed {
  read: Reader<unknown>;
  /** What it returns is the id of what it made, or what became of it. Throws where it speaks of what is not there. */
  run(cast: Cast, given: unknown): unknown;
}

export const deed = <T>(fields: Shape<T>, run: (cast: Cast, given: T) => unknown): Deed => ({
  read: shape(fields),
  run: (cast, given) => run(cast, given as T),
});
