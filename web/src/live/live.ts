import { useEffect, useState } from 'react';
import { keys, refresh } from '../api/resources.js';
import { queryClient } from '../api/query-client.js';
import { changedBy, type Change, countedBy } from './changed-by.js';

const eventNames = ['conversation.created', 'conversation.updated', 'message.created', 'message.updated', 'channel.updated'] as const;
const reopenMs = 3_000;
/** Pings come every 15 s; a line silent for three of them is dead even if nobody said so. */
const silenceMs = 50_000;
/** Changes arriving together are asked for together. */
const gatherMs = 80;
const countMs = 1_500;

/**
 * Keeps what is on screen fresh: one event stream, and each event refreshes exactly what it names.
 * The browser resumes a dropped line itself (`Last-Event-ID`); one that the server refused is opened anew,
 * and then everything is asked for again. Returns whether the line is up.
 */
export function useLive(): boolean {
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    const stale = gatherer(gatherMs);
    const counted = gatherer(countMs);
    let source: EventSource;
    let reopening: ReturnType<typeof setTimeout> | undefined;
    let silence: ReturnType<typeof setTimeout> | undefined;
    let missedSome = false;

    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(reopen, silenceMs);
    };
    const reopen = () => {
      source.close();
      clearTimeout(silence);
      missedSome = true;
      setConnected(false);
      void refresh(keys.session);
      reopening = setTimeout(open, reopenMs);
    };
    const open = () => {
      source = new EventSource('/api/v1/events');
      source.onopen = () => {
        setConnected(true);
        if (missedSome) void queryClient.invalidateQueries();
        missedSome = false;
      };
      source.onerror = () => {
        setConnected(false);
        if (source.readyState === EventSource.CLOSED) reopen();
      };
      source.addEventListener('ping', heard);
      source.addEventListener('reset', () => void queryClient.invalidateQueries());
      for (const name of eventNames) {
        source.addEventListener(name, ({ data }: MessageEvent<string>) => {
          stale(changedBy(name, JSON.parse(data) as Change));
          counted(countedBy(name));
        });
      }
    };

    open();
    return () => {
      source.close();
      clearTimeout(reopening);
      clearTimeout(silence);
    };
  }, []);
  return connected;
}

function gatherer(forMs: number) {
  const waiting = new Map<string, readonly unknown[]>();
  const flush = () => {
    for (const key of waiting.values()) void refresh(key);
    waiting.clear();
  };
  return (changed: ReadonlyArray<readonly unknown[]>) => {
    if (!waiting.size && changed.length) setTimeout(flush, forMs);
    for (const key of changed) waiting.set(JSON.stringify(key), key);
  };
}
