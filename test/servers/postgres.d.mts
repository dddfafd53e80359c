import type { Guarded, GuardOptions } from './guarded.mjs';

export interface Cluster {
  directory: string;
  data: string;
  url: string;
  launch(settings: string[], options?: GuardOptions): Promise<Guarded>;
}

export function makeCluster(initdb: string): Promise<Cluster>;
