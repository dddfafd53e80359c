import { Injectable } from '@nestjs/common';

/** Whether this process is about to end: announced first, so that load balancers leave, then meant. */
@Injectable()
export class Stopping {
  private readonly leaving = new AbortController();
  private told = false;

  /** From the signal on: readiness says so, while everything is still served. */
  get announced(): boolean {
    return this.told;
  }

  /** Aborts when nothing new is taken any more: streams end, so that browsers go elsewhere. */
  get signal(): AbortSignal {
    return this.leaving.signal;
  }

  announce(): void {
    this.told = true;
  }

  leave(): void {
    this.told = true;
    this.leaving.abort();
  }
}
