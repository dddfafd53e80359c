import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** Counts what this process did since its start: Prometheus adds up the processes. */
@Injectable()
export class Tally {
  private readonly sends: Counter;
  private readonly arrivals: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.sends = new Counter({
      name: 'tributary_send_attempts_total',
      help: 'Attempts to send a reply, by how they ended and what was in the way',
      labelNames: ['type', 'outcome', 'kind'],
      registers,
    });
    this.arrivals = new Counter({
      name: 'tributary_inbound_events_total',
      help: 'Events of the inbound ledger that were dealt with, by what became of them',
      labelNames: ['connector', 'outcome'],
      registers,
    });
  }

  /** An attempt to send ended. `outcome` and `kind` are those of its row. */
  attempted(type: string, outcome: string, kind: string | null): void {
    this.sends.inc({ type, outcome, kind: kind ?? 'none' });
  }

  /** An event was dealt with. `outcome` is the state it is in then. */
  tookIn(connector: string, outcome: string): void {
    this.arrivals.inc({ connector, outcome });
  }
}
