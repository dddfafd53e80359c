import { Gauge, type Registry } from 'prom-client';

/** One value of a figure; `labels` in the order in which the figure names them. */
export type Sample<Name extends string> = [figure: Name, value: number, ...labels: string[]];

/** Figures that are read together when somebody asks: a name, what it means, and the names of its labels. */
export interface Source<Name extends string = string> {
  /** What has to answer for them to be known. */
  dependency: 'database' | 'queue' | 'disk';
  figures: Record<Name, [help: string, ...labels: string[]]>;
  read(): Promise<Array<Sample<Name>>>;
}

const patienceMs = 3_000;

/** Shows a source in a registry, under names that begin with `tributary_`. */
export class Panel {
  private readonly gauges: Map<string, { gauge: Gauge; labels: string[] }>;
  private reading?: Promise<Sample<string>[]>;

  constructor(
    readonly source: Source,
    registry: Registry,
  ) {
    const gauges = Object.entries(source.figures).map(([name, [help, ...labels]]) => {
      const gauge = new Gauge({ name: `tributary_${name}`, help, labelNames: labels, registers: [registry] });
      return [name, { gauge, labels }] as const;
    });
    this.gauges = new Map(gauges);
  }

  /** What cannot be read is not shown: an old value would look like a good one. Whether it could. */
  async refresh(): Promise<boolean> {
    const samples = await within(patienceMs, this.read()).catch(() => null);
    for (const { gauge } of this.gauges.values()) gauge.reset();
    for (const [name, value, ...given] of samples ?? []) {
      const { gauge, labels } = this.gauges.get(name)!;
      gauge.set(Object.fromEntries(labels.map((label, at) => [label, given[at]!])), value);
    }
    return samples !== null;
  }

  /** While a dependency hangs no further questions are piled up behind the first. */
  private read(): Promise<Sample<string>[]> {
    this.reading ??= this.source.read().finally(() => (this.reading = undefined));
    return this.reading;
  }
}

/** The answer, or an error when it takes longer. */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`does not answer within ${ms / 1000} s`)), ms)),
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** Seconds since a time (negative for one to come) as a database driver gives it: a date, or SQLite's text in UTC. */
export function secondsSince(time: Date | string | number): number {
  const date = typeof time === 'string' ? new Date(`${time.replace(' ', 'T')}Z`) : new Date(time);
  return (Date.now() - date.getTime()) / 1000;
}
