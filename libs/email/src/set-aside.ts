import type { RawEvent } from '#libs/connector';
import type { FolderPlace } from './cursor.js';

/** A mail that stands in the ledger without its bytes: its server would not hand it over, or the line broke each time. */
export interface SetAside {
  uid: number;
  /** How often it was tried since, and when last, as an ISO time. */
  tries: number;
  triedAt: string;
  /** Whether it is of the history. */
  past?: boolean;
}

const minute = 60_000;
/** A line or a server that was bad for a while is mostly well soon; what breaks the line each time shall do so rarely, and in the end no more. */
const waits = [1, 4, 15, 60, 240, 960].map((minutes) => minutes * minute);

/** The cursor holds them all and is written with every batch; where so many cannot be fetched the nightly audit finds the rest. */
const most = 500;

const isEmpty = ({ payload }: RawEvent): boolean => (Buffer.isBuffer(payload) ? payload.length : payload.size) === 0;

/** Remembers which of these events have no bytes, to be tried again. */
export function noteSetAside(place: FolderPlace, events: RawEvent[]): void {
  const triedAt = new Date().toISOString();
  const added = events
    .filter(isEmpty)
    .map(({ context, backfill }): SetAside => ({ uid: Number(context.uid), tries: 0, triedAt, ...(backfill && { past: true }) }));
  if (added.length) place.setAside = [...(place.setAside ?? []), ...added].slice(0, most);
}

/** In how many milliseconds the next one is to be tried; 0 for now, Infinity when there is none. */
export const nextTryMs = ({ setAside = [] }: FolderPlace): number => Math.min(...setAside.map(dueInMs));

export const dueSetAside = ({ setAside = [] }: FolderPlace): SetAside | undefined => setAside.find((one) => dueInMs(one) === 0);

/** Where the clock was put back, nobody knows how long ago it was tried. */
function dueInMs({ tries, triedAt }: SetAside): number {
  const passed = Date.now() - Date.parse(triedAt);
  return passed < 0 ? 0 : Math.max(0, waits[tries]! - passed);
}

/** To be noted before it is tried, as it may break the line once more. The last time it is let go. */
export function noteTry(place: FolderPlace, uid: number): void {
  const again = (place.setAside ?? []).map((one) =>
    one.uid === uid ? { ...one, tries: one.tries + 1, triedAt: new Date().toISOString() } : one,
  );
  keep(
    place,
    again.filter(({ tries }) => tries < waits.length),
  );
}

/** It is here, or was deleted meanwhile. */
export function letGo(place: FolderPlace, uid: number): void {
  keep(
    place,
    (place.setAside ?? []).filter((one) => one.uid !== uid),
  );
}

function keep(place: FolderPlace, left: SetAside[]): void {
  if (left.length) place.setAside = left;
  else delete place.setAside;
}

/** Those of these events that have their bytes now, in place of what was set aside. */
export function inPlaceOf(key: string, { past }: SetAside, events: RawEvent[]): RawEvent[] {
  return events.filter((event) => !isEmpty(event)).map((event) => ({ ...event, replaces: key, ...(past && { backfill: true }) }));
}
