import { randomInt } from 'node:crypto';
import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';
import { v7 } from 'uuid';

/** Of the newest id; `seq` tells those of one millisecond apart. */
const newest = { msecs: 0, seq: 0 };
const mostSeq = 2 ** 31;

/** Ids are UUIDv7, made here: unique without asking anyone, and their order is the order of creation, also when the clock is put back. */
export function newId(now = Date.now()): string {
  if (now > newest.msecs) Object.assign(newest, { msecs: now, seq: randomInt(mostSeq) });
  else newest.seq++;
  return v7({ ...newest });
}

/** From now on ids come after this one. */
export function idsFollow(id: string): void {
  const msecs = parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  if (msecs >= newest.msecs) Object.assign(newest, { msecs: msecs + 1, seq: randomInt(mostSeq) });
}

/** Column kinds by their PostgreSQL names; `applyDialect` translates them for SQLite. Options are copied, because TypeORM writes into them. */
export const Id = () => PrimaryColumn('uuid');
export const Ref = (options: ColumnOptions = {}) => Column('uuid', { ...options });
export const Text = (options: ColumnOptions = {}) => Column('text', { ...options });
export const Flag = (value: boolean) => Column('boolean', { default: value });
export const Int = (options: ColumnOptions = {}) => Column('integer', { ...options });
export const Time = (options: ColumnOptions = {}) => Column('timestamptz', { ...options });
export const Json = (options: ColumnOptions = {}) => Column('jsonb', { ...options });
export const Bytes = (options: ColumnOptions = {}) => Column('bytea', { ...options });

export const optional = { nullable: true } as const;
