import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { guarded, type Guarded } from '../servers/guarded.mjs';

const afterOwnEndMs = 1_000;

/** The built app in one role, as a process that is started again whenever it ends, as under systemd. Its log goes to a file. */
export class Supervised {
  /** How often it ended though nobody had asked it to. */
  endings = 0;
  private readonly log: WriteStream;
  private running: Guarded | null = null;
  private wanted = false;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly env: NodeJS.ProcessEnv,
    logFile: string,
  ) {
    this.log = createWriteStream(logFile, { flags: 'a' });
  }

  start(): void {
    this.wanted = true;
    this.note('started');
    const process_ = guarded(process.execPath, ['dist/src/main.js'], { env: { PATH: process.env.PATH, ...this.env } });
    for (const stream of [process_.child.stdout, process_.child.stderr]) stream.pipe(this.log, { end: false });
    this.running = process_;
    void process_.ended.then((code) => this.ended(process_, code));
  }

  /** kill -9, and a start after a pause; `meanwhile` is done before the start. */
  kill(pauseMs: number, meanwhile?: () => Promise<unknown>): Promise<void> {
    return this.inTurn(async () => {
      this.signal('SIGKILL');
      await this.gone('killed');
      await Promise.all([sleep(pauseMs), meanwhile?.()]);
      this.start();
    });
  }

  /** SIGTERM, as at a deployment, and a start after a pause. */
  restart(pauseMs: number): Promise<void> {
    return this.inTurn(async () => {
      await this.end();
      await sleep(pauseMs);
      this.start();
    });
  }

  /** SIGSTOP, and SIGCONT after a pause. */
  pause(forMs: number): Promise<void> {
    return this.inTurn(async () => {
      this.note(`paused for ${forMs} ms`);
      this.signal('SIGSTOP');
      await sleep(forMs);
      this.signal('SIGCONT');
      this.note('goes on');
    });
  }

  /** For good. */
  async stop(): Promise<void> {
    await this.inTurn(() => this.end());
    this.log.end();
  }

  /** Resolves once nothing is being done to it. */
  async settled(): Promise<void> {
    await this.turn;
  }

  /** Of several things to befall it, each waits for the one before. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done;
    return done;
  }

  private async end(): Promise<void> {
    this.wanted = false;
    const since = Date.now();
    await this.running?.stop();
    this.running = null;
    this.note(`stopped within ${Date.now() - since} ms`);
  }

  private async gone(how: string): Promise<void> {
    this.wanted = false;
    await this.running?.ended;
    this.running = null;
    this.note(how);
  }

  private ended(which: Guarded, code: number): void {
    if (!this.wanted || which !== this.running) return;
    this.endings++;
    this.note(`ended by itself with ${code}`);
    setTimeout(() => this.wanted && which === this.running && this.start(), afterOwnEndMs);
  }

  /** To the guard and the program both: they are one process group. */
  private signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.running?.child ?? {};
    if (pid && exitCode === null && signalCode === null) process.kill(-pid, signal);
  }

  private note(what: string): void {
    this.log.write(`--- ${new Date().toISOString()} ${this.name} ${what}\n`);
  }
}
