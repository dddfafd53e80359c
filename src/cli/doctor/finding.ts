import type { DataSource } from 'typeorm';
import type { Config } from '../../config.js';

/** What a check found: one line of the report. `advice` says what to do about it. */
export interface Finding {
  check: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  advice: string | null;
}

/** What is looked at. `database` rejects when it cannot be opened, or its tables are not those of this version. */
export interface Patient {
  config: Config;
  database: Promise<DataSource>;
}

/** Looks at one thing. What it throws is a finding, too. */
export type Check = (patient: Patient) => Promise<Finding[]>;

export const ok = (check: string, detail: string): Finding => ({ check, status: 'ok', detail, advice: null });
export const warn = (check: string, detail: string, advice: string): Finding => ({ check, status: 'warn', detail, advice });
export const fail = (check: string, detail: string, advice: string): Finding => ({ check, status: 'fail', detail, advice });

/** A number of bytes as people say it. */
export const megabytes = (bytes: number): string =>
  bytes < 1024 ** 3 ? `${Math.floor(bytes / 1024 ** 2)} MB` : `${(bytes / 1024 ** 3).toFixed(1)} GB`;
