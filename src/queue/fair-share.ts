/** What a lively channel says at once, and goes on saying. Shops that write more for long have their messages handled as room is left. */
const burst = 50;
const perSecond = 20;

/** Measures, in one process, who says more than its share: a token bucket for each channel. */
export class FairShare {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  /** Whether one more event of the channel is within its share; asking uses some of it up. `now` in milliseconds. */
  has(channelId: string, now: number): boolean {
    const { tokens, at } = this.buckets.get(channelId) ?? { tokens: burst, at: now };
    const left = Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
    this.buckets.set(channelId, { tokens: left >= 1 ? left - 1 : left, at: now });
    return left >= 1;
  }
}
