/** What a long command tells while it works. */
export interface Progress {
  /** So much more of the work is done, in the unit of the total. */
  add(amount: number): void;
  /** Leaves a last line that says how much was done and how long it took. */
  end(): void;
}

export interface ProgressOptions {
  quiet?: boolean;
  /** `bytes` are told as kB, MB, GB; anything else is a noun in the plural: `rows`, `events`. */
  unit?: string;
  out?: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  now?: () => number;
}

const redrawMs = 100;
const lineMs = 10_000;

/**
 * One line on standard error with share, rate and time left: redrawn in place on a terminal, else written anew every ten
 * seconds, so that a log of cron stays short. With `quiet` it says nothing.
 */
export function progress(label: string, total?: number, options: ProgressOptions = {}): Progress {
  const { quiet = false, unit = '', out = process.stderr, now = Date.now } = options;
  const started = now();
  let done = 0;
  let shownAt = out.isTTY ? -Infinity : started;
  const show = (line: string, last: boolean) => {
    shownAt = now();
    const width = Math.max(20, (out.columns ?? 80) - 1);
    out.write(out.isTTY ? `\r\u001b[K${line.slice(0, width)}${last ? '\n' : ''}` : `${line}\n`);
  };
  return {
    add(amount) {
      done += amount;
      if (!quiet && now() - shownAt >= (out.isTTY ? redrawMs : lineMs)) show(standing(label, done, total, now() - started, unit), false);
    },
    end() {
      if (!quiet) show(`${label}: ${told(done, unit)} in ${duration(now() - started)}`, true);
    },
  };
}

function standing(label: string, done: number, total: number | undefined, passedMs: number, unit: string): string {
  const perMs = passedMs > 0 ? done / passedMs : 0;
  const share = total ? `${Math.min(100, Math.floor((done / total) * 100))}% ` : '';
  const of = total ? ` of ${told(total, unit)}` : '';
  const left = total && perMs > 0 ? `, ${duration(Math.max(0, total - done) / perMs)} left` : '';
  const perSecond = Math.round(perMs * 1000);
  return `${label}: ${share}(${told(done, unit)}${of})${perSecond ? `, ${told(perSecond, unit)}/s` : ''}${left}`;
}

/** An amount as people say it: `12,300 rows`, `4.2 MB`. */
export function told(amount: number, unit: string): string {
  if (unit !== 'bytes') return `${amount.toLocaleString('en')}${unit && ` ${unit}`}`;
  const step = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, amount)) / 3)));
  const value = amount / 1000 ** step;
  return `${step && value < 100 ? value.toFixed(1) : Math.round(value)} ${['bytes', 'kB', 'MB', 'GB', 'TB'][step]}`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
