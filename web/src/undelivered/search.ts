import { text } from '../text/text.js';
import type { FailureKind } from '../api/shapes.js';

/** What narrows the list of replies that did not arrive; lives in the address. */
export interface UndeliveredSearch {
  mine?: true;
  channel?: string;
  kind?: FailureKind;
}

const isKind = (kind: unknown): kind is FailureKind => typeof kind === 'string' && kind in text.undelivered.kinds;

export function readUndeliveredSearch({ mine, channel, kind }: Record<string, unknown>): UndeliveredSearch {
  return {
    ...(mine === true && { mine: true as const }),
    ...(typeof channel === 'string' && channel && { channel }),
    ...(isKind(kind) && { kind }),
  };
}

/** The server's filter, for the list and for sending all of it again. */
export function filterOf({ mine, channel, kind }: UndeliveredSearch) {
  return { ...(mine && { mine: true }), ...(channel && { channelId: channel }), ...(kind && { kind }) };
}
