export class LiveView {
  status: 'ok';
}

export class DependencyView {
  status: 'ok' | 'down';
  detail: string | null;
}

export class ReadyView {
  status: 'ok' | 'down';
  database: DependencyView;
  queue: DependencyView;
}
