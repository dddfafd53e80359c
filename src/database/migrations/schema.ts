import { type QueryRunner, Table, TableColumn, TableForeignKey, TableIndex, type TableColumnOptions, TableUnique } from 'typeorm';
import type { Dialect } from '../dialect.js';

type Column = Omit<TableColumnOptions, 'name'> & { type: string };

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
  const columns = Object.entries(shape.columns).map(([columnName, { type, default: value, ...rest }]) => {
    const defaultValue: unknown = typeof value === 'boolean' && dialect === 'sqlite' ? Number(value) : value;
    return new TableColumn({ name: columnName, type, ...types[dialect][type], ...rest, default: defaultValue as string | undefined });
  });
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
