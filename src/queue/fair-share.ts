/** Small, because all others may have to wait for so much; who has nobody beside it loses nothing by being beyond. */
const burst = 20;
const perSecond = 5;

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
