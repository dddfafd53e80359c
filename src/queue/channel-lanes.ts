/** How many calls to one channel's platform may be under way in one process. */
const perChannel = 4;
/** A channel with a call this old hangs, for all we know, and gets no second place while it does. */
const hangsAfterMs = 5_000;

/** How long who was turned away waits before asking again: the more they are, the longer. */
const pause = { least: 100, step: 25, most: 5_000 };

interface Lanes {
  /** When each call began. */
  since: number[];
  turnedAway: number;
}

/** Counts the calls under way by channel, so that one that hangs takes no places from the others. */
export class ChannelLanes {
  private readonly busy = new Map<string, Lanes>();

  /** `clock`: in milliseconds, forward only. */
  constructor(private readonly clock = () => performance.now()) {}

  /** What to call when done, or null when the channel has no free lane. */
  enter(channelId: string): (() => void) | null {
    const lanes = this.busy.get(channelId) ?? { since: [], turnedAway: 0 };
    this.busy.set(channelId, lanes);
    const now = this.clock();
    const hangs = lanes.since.some((since) => now - since > hangsAfterMs);
    if (lanes.since.length >= (hangs ? 1 : perChannel)) {
      lanes.turnedAway += 1;
      return null;
    }
    lanes.since.push(now);
    return () => this.leave(channelId, lanes, now);
  }

  /** In how many milliseconds it is worth asking again. */
  pauseOf(channelId: string): number {
    const turnedAway = this.busy.get(channelId)?.turnedAway ?? 0;
    return Math.min(pause.most, pause.least + pause.step * turnedAway);
  }

  private leave(channelId: string, lanes: Lanes, since: number): void {
    lanes.since.splice(lanes.since.indexOf(since), 1);
    lanes.turnedAway = 0;
    if (!lanes.since.length) this.busy.delete(channelId);
  }
}
