import type { ImapFlow } from 'imapflow';

/** Waits for the server to say that something came in. */
export interface Bell {
  /** Resolves when it rang since the last time, at the latest after so many seconds. */
  rung(seconds: number, signal: AbortSignal): Promise<void>;
}

/** Listens to a line in IDLE (RFC 2177). The server's counter is a hint only: it stays the same when one mail goes and one comes. */
export function listen(client: ImapFlow): Bell {
  let due = false;
  let wake = () => {};
  for (const event of ['exists', 'close']) {
    client.on(event, () => {
      due = true;
      wake();
    });
  }
  return {
    rung: (seconds, signal) =>
      new Promise<void>((resolve) => {
        const goOn = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', goOn);
          due = false;
          resolve();
        };
        const timer = setTimeout(goOn, seconds * 1000);
        signal.addEventListener('abort', goOn, { once: true });
        wake = goOn;
        if (due || signal.aborted || !client.usable) goOn();
      }),
  };
}
