import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { EmailOptions } from './imap.js';
import { openSmtp, type SmtpAccount, type SmtpSession } from './smtp.js';

/** What providers grant one account at the same time (Microsoft 365: three, of which one is left for others). */
const perAccount = 2;
const idleMs = 20_000;
/** Some servers tire of a session after a hundred mails. */
const mailsPerSession = 50;
const answerMs = 5_000;

/** A session on loan. */
export interface Loan {
  session: SmtpSession;
  /** Whether it had been open before: what fails then may be the session's age and not the mail. */
  reused: boolean;
  mails: number;
}

/** Thrown by work that found its reused session at its end before anything was sent: it is done again with a fresh one. */
export class SessionOver extends Error {}

/** Keeps signed-in SMTP sessions open for a while after a mail, so that the next one need not knock again. An idle one keeps no process alive. */
export class SmtpPool {
  private closed = false;
  private readonly accounts = new Map<string, { busy: number; waiting: Array<() => void>; idle: Loan[] }>();

  constructor(private readonly options: EmailOptions) {}

  /** Lends a session to `work` and takes it back when that succeeds. */
  async use<T>(account: SmtpAccount, work: (loan: Loan) => Promise<T>): Promise<T> {
    const key = keyOf(account);
    await this.enter(key);
    try {
      const loan = await this.idleOne(key);
      return await (loan
        ? this.lend(key, loan, work).catch((error: unknown) => {
            if (!(error instanceof SessionOver)) throw error;
            return this.lendFresh(key, account, work);
          })
        : this.lendFresh(key, account, work));
    } finally {
      this.leave(key);
    }
  }

  private async lendFresh<T>(key: string, account: SmtpAccount, work: (loan: Loan) => Promise<T>): Promise<T> {
    return this.lend(key, { session: await openSmtp(account, this.options), reused: false, mails: 0 }, work);
  }

  private async lend<T>(key: string, loan: Loan, work: (loan: Loan) => Promise<T>): Promise<T> {
    try {
      const result = await work(loan);
      this.keep(key, loan);
      return result;
    } catch (error) {
      // Without the final dot the server has to forget what it was told.
      loan.session.connection.close();
      throw error;
    }
  }

  /** Ends all idle sessions, and each that is on loan when it comes back. */
  close(): void {
    this.closed = true;
    for (const { idle } of this.accounts.values()) for (const loan of idle.splice(0)) loan.session.connection.quit();
  }

  private async enter(key: string): Promise<void> {
    const account = this.accounts.get(key) ?? { busy: 0, waiting: [], idle: [] };
    this.accounts.set(key, account);
    if (account.busy >= perAccount) return new Promise((resolve) => account.waiting.push(resolve));
    account.busy += 1;
  }

  /** The place goes to whoever waited longest. */
  private leave(key: string): void {
    const account = this.accounts.get(key)!;
    const next = account.waiting.shift();
    if (next) return next();
    account.busy -= 1;
    this.forget(key);
  }

  private forget(key: string): void {
    const account = this.accounts.get(key);
    if (account && !account.busy && !account.idle.length) this.accounts.delete(key);
  }

  /** One that still answers. Servers close idle sessions without a word, so each is asked before it gets a mail. */
  private async idleOne(key: string): Promise<Loan | null> {
    for (const { idle } = this.accounts.get(key)!; idle.length;) {
      const loan = idle.pop()!;
      socketOf(loan)?.ref();
      if (await answers(loan.session)) return { ...loan, reused: true };
      loan.session.connection.close();
    }
    return null;
  }

  private keep(key: string, loan: Loan): void {
    const { connection } = loan.session;
    const kept = { ...loan, mails: loan.mails + 1 };
    if (this.closed || kept.mails >= mailsPerSession) return connection.quit();
    socketOf(loan)?.unref();
    this.accounts.get(key)!.idle.push(kept);
    setTimeout(() => this.expire(key, kept), idleMs).unref();
  }

  private expire(key: string, loan: Loan): void {
    const idle = this.accounts.get(key)?.idle ?? [];
    if (!idle.includes(loan)) return;
    idle.splice(idle.indexOf(loan), 1);
    loan.session.connection.quit();
    this.forget(key);
  }
}

/** Sessions of an account whose credentials changed are not used again. */
function keyOf({ address, settings: { smtp, oauth } }: SmtpAccount): string {
  return createHash('sha256')
    .update(JSON.stringify([address, smtp, oauth?.accessToken]))
    .digest('hex');
}

function answers({ connection, lost }: SmtpSession): Promise<boolean> {
  if (connection.destroyed) return Promise.resolve(false);
  const reset = new Promise<boolean>((resolve) => connection.reset((error) => resolve(!error)));
  return Promise.race([reset, lost.catch(() => false), after(answerMs, false, { ref: false })]);
}

const socketOf = ({ session }: Loan) => session.connection._socket || null;
