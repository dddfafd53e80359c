export class LiveView {
  status: 'ok';
}

export class DependencyView {
  /** `degraded`: it works, but somebody should look at it. */
  status: 'ok' | 'degraded' | 'down';
  /** What is wrong, in plain words; or what there is to know. */
  detail: string | null;
  /** How long it took to find out. */
  ms?: number;
}

/** While the app waits for its foundations it tells of `database` and `queue` only. */
export class ReadyView {
  /** `down` when something is that this process cannot do without, `stopping` when it is about to end; the answer is 503 then. */
  status: 'ok' | 'down' | 'stopping';
  role?: 'all' | 'api' | 'worker';
  database: DependencyView;
  /** Whether the tables are those that this version knows. */
  migrations?: DependencyView;
  queue: DependencyView;
  /** Where attachments are written. */
  disk?: DependencyView;
  /** Whether any process takes messages in and sends replies. */
  workers?: DependencyView;
}
