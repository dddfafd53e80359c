import type { ChildProcessWithoutNullStreams, SpawnOptions } from 'node:child_process';

export interface GuardOptions extends SpawnOptions {
  stopSignal?: string;
  folder?: string;
  loud?: boolean;
}

export interface Guarded {
  /** The shell that guards the program, and leads the process group of both. */
  child: ChildProcessWithoutNullStreams;
  ended: Promise<number>;
  stop(): Promise<number>;
}

export function guarded(command: string, args: string[], options?: GuardOptions): Guarded;
