import { type QueryRunner, Table, TableColumn, TableForeignKey, TableIndex, type TableColumnOptions, TableUnique } from 'typeorm';
import type { Dialect } from '../dialect.js';

export type Column = Omit<TableColumnOptions, 'name'> & { type: string };

const types: Record<Dialect, Record<string, Partial<TableColumnOptions>>> = {
  sqlite: {
    uuid: { type: 'varchar', length: '36' },
    timestamptz: { type: 'datetime' },
    jsonb: { type: 'text' },
    bytea: { type: 'blob' },
    bigint: { type: 'integer' },
  },
  postgres: { timestamptz: { type: 'timestamptz', precision: 3 } },
};

const column =
  (type: string) =>
  (options: Omit<Column, 'type'> = {}): Column => ({ type, ...options });

export const uuid = column('uuid');
export const text = column('text');
export const time = column('timestamptz');
export const json = column('jsonb');
export const bytes = column('bytea');
export const int = column('integer');
export const serial = () => column('bigint')({ isPrimary: true, isGenerated: true, generationStrategy: 'increment' });
export const flag = (value: boolean): Column => ({ type: 'boolean', default: value });
export const id = () => uuid({ isPrimary: true });
export const nullable = { isNullable: true } as const;

export interface TableShape {
  columns: Record<string, Column>;
  /** name → columns */
  unique?: Record<string, string[]>;
  index?: Record<string, string[]>;
  /** column → [table, what happens when the other row goes]; named `fk_<table>_<name>` */
  references?: Record<string, [name: string, table: string, onDelete?: 'CASCADE' | 'SET NULL']>;
}

export const dialectOf = (runner: QueryRunner): Dialect => (runner.dataSource.options.type === 'postgres' ? 'postgres' : 'sqlite');

/** Creates a table from one description on both databases; every constraint is named, so that both can be altered later. */
export async function createTable(runner: QueryRunner, name: string, shape: TableShape): Promise<void> {
  const dialect = dialectOf(runner);
  const columns = Object.entries(shape.columns).map(([columnName, shape]) => tableColumn(dialect, columnName, shape));
  const foreignKeys = Object.entries(shape.references ?? {}).map(
    ([columnName, [suffix, table, onDelete]]) =>
      new TableForeignKey({
        name: `fk_${name}_${suffix}`,
        columnNames: [columnName],
        referencedTableName: table,
        referencedColumnNames: ['id'],
        onDelete,
      }),
  );
  const uniques = Object.entries(shape.unique ?? {}).map(([key, columnNames]) => new TableUnique({ name: key, columnNames }));
  const indices = Object.entries(shape.index ?? {}).map(([key, columnNames]) => new TableIndex({ name: key, columnNames }));
  await runner.createTable(new Table({ name, columns, foreignKeys, uniques, indices }));
}

function tableColumn(dialect: Dialect, name: string, { type, default: value, ...rest }: Column): TableColumn {
  const defaultValue: unknown = typeof value === 'boolean' && dialect === 'sqlite' ? Number(value) : value;
  return new TableColumn({ name, type, ...types[dialect][type], ...rest, default: defaultValue as string | undefined });
}

/**
 * Adds columns that are nullable or have a default. As plain SQL, because TypeORM copies the whole table on SQLite to add
 * one, and the triggers on it are lost with the original.
 */
export async function addColumns(runner: QueryRunner, table: string, columns: Record<string, Column>): Promise<void> {
  for (const [name, column] of Object.entries(columns)) {
    const { type, length, isNullable, ...shape } = tableColumn(dialectOf(runner), name, column);
    const value: unknown = shape.default;
    const precision = type === 'timestamptz' ? 'timestamp(3) with time zone' : `${type}${length ? `(${length})` : ''}`;
    await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${precision}${isNullable ? '' : ` NOT NULL DEFAULT ${String(value)}`}`);
  }
}

export async function dropColumns(runner: QueryRunner, table: string, columns: string[]): Promise<void> {
  for (const name of columns) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
}

/** Of the rows that fulfil the condition alone, if there is one. */
export async function addIndex(runner: QueryRunner, table: string, name: string, columns: string[], where?: string): Promise<void> {
  await runner.query(`CREATE INDEX ${name} ON ${table} (${columns.join(', ')})${where ? ` WHERE ${where}` : ''}`);
}
