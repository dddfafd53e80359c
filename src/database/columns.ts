import { Column, type ColumnOptions, PrimaryColumn } from 'typeorm';
import { v7 } from 'uuid';

/** Ids are UUIDv7, made here: unique without asking anyone, and their order is the order of creation. */
export const newId = (): string => v7();

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
