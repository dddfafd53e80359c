/** How many calls to one channel's platform may be under way in one process: one that hangs must not take every place. */
const perChannel = 4;

/** Counts the calls under way by channel. */
export class ChannelLanes {
  private readonly busy = new Map<string, number>();

  /** What to call when done, or null when the channel has no free lane. */
  enter(channelId: string): (() => void) | null {
    const taken = this.busy.get(channelId) ?? 0;
    if (taken >= perChannel) return null;
    this.busy.set(channelId, taken + 1);
    return () => {
      const left = this.busy.get(channelId)! - 1;
      if (left) this.busy.set(channelId, left);
      else this.busy.delete(channelId);
    };
  }
}
