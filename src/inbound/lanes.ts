import { setTimeout as sleep } from 'node:timers/promises';

/** Hands out the places of one process, of which no channel may hold more than its part. */
export class Lanes {
  private readonly held = new Map<string, number>();
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(private readonly perChannel: number) {}

  /** What to call when done; null when the channel had no free lane for so long. */
  async enter(channelId: string, patienceMs: number): Promise<(() => void) | null> {
    for (const until = performance.now() + patienceMs; ;) {
      const holds = this.held.get(channelId) ?? 0;
      if (holds < this.perChannel) {
        this.held.set(channelId, holds + 1);
        return () => this.leave(channelId);
      }
      const left = until - performance.now();
      if (left <= 0) return null;
      await this.someLeaves(channelId, left);
    }
  }

  private leave(channelId: string): void {
    const left = this.held.get(channelId)! - 1;
    if (left) this.held.set(channelId, left);
    else this.held.delete(channelId);
    const [next] = this.waiting.get(channelId) ?? [];
    next?.();
  }

  private async someLeaves(channelId: string, withinMs: number): Promise<void> {
    const queue = this.waiting.get(channelId) ?? new Set();
    this.waiting.set(channelId, queue);
    const late = new AbortController();
    let wake!: () => void;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    queue.add(wake);
    await Promise.race([woken, sleep(withinMs, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    queue.delete(wake);
    if (!queue.size) this.waiting.delete(channelId);
  }
}
