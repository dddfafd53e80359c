import { DefaultNamingStrategy, getMetadataArgsStorage } from 'typeorm';

export type Dialect = 'sqlite' | 'postgres';

const onSqlite: Record<string, string> = {
  timestamptz: 'datetime',
  jsonb: 'simple-json',
  uuid: 'varchar',
  bytea: 'blob',
  bigint: 'integer',
};
const declared = new WeakMap<object, string>();

/**
 * Entities name PostgreSQL types; this turns them into their SQLite counterparts just before TypeORM reads them.
 * The storage is global to the process, so the declared type is remembered and both directions work.
 */
export function applyDialect(dialect: Dialect): void {
  for (const column of getMetadataArgsStorage().columns) {
    if (!declared.has(column)) declared.set(column, String(column.options.type));
    const type = declared.get(column)!;
    column.options.type = ((dialect === 'sqlite' && onSqlite[type]) || type) as typeof column.options.type;
    if (type === 'uuid') column.options.length = dialect === 'sqlite' ? 36 : undefined;
    if (type === 'timestamptz') column.options.precision = dialect === 'sqlite' ? undefined : 3;
  }
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `lastMessageAt` is the column `last_message_at`, so that plain SQL needs no quotes. */
export class SnakeNames extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return [...prefixes, custom ?? snake(property)].join('_');
  }
  override tableName(className: string, custom: string | undefined): string {
    return custom ?? snake(className).replace(/^_/, '');
  }
}
