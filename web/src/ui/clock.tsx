import { useEffect, useReducer, useSyncExternalStore } from 'react';
import { serverNow } from '../api/server-time.js';
import { ago, moment } from '../text/text.js';

const everyMs = 20_000;
const countMs = 250;
let now = new Date();
const listeners = new Set<() => void>();
setInterval(() => {
  now = new Date();
  listeners.forEach((tell) => tell());
}, everyMs);

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

/** The time, fresh enough for ages and countdowns; one clock for the whole page. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}

/** Whole seconds until a moment of the server's clock, counted down; 0 once it is over. */
export function useSecondsUntil(moment: string): number {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  const left = Math.max(0, Math.ceil((Date.parse(moment) - serverNow()) / 1000));
  const isOver = left === 0;
  useEffect(() => {
    if (isOver) return;
    const timer = setInterval(tick, countMs);
    return () => clearInterval(timer);
  }, [isOver]);
  return left;
}

/** How long ago something was; the exact moment on hover. */
export function Age({ at }: { at: string }) {
  const date = new Date(at);
  // An event younger than the clock's last tick must not be told as lying in the future.
  const present = new Date(Math.max(useNow().getTime(), date.getTime()));
  return (
    <time dateTime={at} title={moment(date)}>
      {ago(date, present)}
    </time>
  );
}
