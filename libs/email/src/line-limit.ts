/** Providers allow few connections to one mailbox at a time: Gmail 15, others five or fewer. */
const maxLines = 4;

/** What a connection is for: watching lasts as long as the channel, an errand ends by itself. */
export type LinePurpose = 'watch' | 'errand';

/** The connections of this process to one account. */
class Account {
  private watching = 0;
  private errands = 0;
  private readonly waiting = new Set<() => void>();

  /** Errands wait for each other only: watchers never end, so nobody may wait for them or make them wait. */
  async enter(purpose: LinePurpose, signal?: AbortSignal): Promise<void> {
    if (purpose === 'watch') this.watching++;
    else {
      while (this.errands && this.watching + this.errands >= maxLines) await this.turn(signal);
      this.errands++;
    }
  }

  leave(purpose: LinePurpose): void {
    if (purpose === 'watch') this.watching--;
    else this.errands--;
    this.waiting.forEach((wake) => wake());
  }

  get idle(): boolean {
    return !this.watching && !this.errands && !this.waiting.size;
  }

  private turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => () => {
        this.waiting.delete(wake);
        signal?.removeEventListener('abort', stop);
        settle();
      };
      const wake = done(resolve);
      const stop = done(() => reject(new Error('all connections that we may have to this mailbox are in use')));
      this.waiting.add(wake);
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
    });
  }
}

const accounts = new Map<string, Account>();

/** Waits until one more connection to an account is in order. Resolves with how to give it back; doing so twice does no harm. */
export async function takeLine(host: string, user: string, purpose: LinePurpose, signal?: AbortSignal): Promise<() => void> {
  const name = `${user}@${host}`.toLowerCase();
  const account = accounts.get(name) ?? new Account();
  accounts.set(name, account);
  await account.enter(purpose, signal);
  let taken = true;
  return () => {
    if (taken) account.leave(purpose);
    taken = false;
    if (account.idle) accounts.delete(name);
  };
}
