import type { Guarded, GuardOptions } from './guarded.mjs';

export function launchRedis(program: string, place: { port: number; directory: string }, options?: GuardOptions): Promise<Guarded>;
