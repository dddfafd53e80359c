import pg from 'pg';
import type { ColumnKind } from './format.js';
import type { Row, Snapshot } from './snapshot.js';

const kinds: Record<string, ColumnKind> = { 'timestamp with time zone': 'time', bytea: 'bytes', boolean: 'flag' };
const jsonb = 3802;
const batch = 500;

/** One connection in a read-only transaction that sees a single moment. Rows come through a cursor, some hundred at a time. */
export async function openPostgresSnapshot(url: string): Promise<Snapshot> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser } });
  // A line that breaks fails the query under way; without a listener it would end the process first.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  return {
    dialect: 'postgres',
    async tables() {
      const columns = await client.query<{ table: string; name: string; type: string }>(columnsSql);
      const references = await client.query<{ table: string; other: string }>(referencesSql);
      return [...Map.groupBy(columns.rows, ({ table }) => table)].map(([name, own]) => ({
        name,
        columns: own.map((column) => ({ name: column.name, kind: kinds[column.type] ?? 'plain' })),
        refersTo: references.rows.filter(({ table }) => table === name).map(({ other }) => other),
      }));
    },
    async *rows(sql) {
      await client.query(`DECLARE backup NO SCROLL CURSOR FOR ${sql}`);
      for (let more = true; more;) {
        const { rows } = await client.query<Row>(`FETCH ${batch} FROM backup`);
        yield* rows;
        more = rows.length === batch;
      }
      await client.query('CLOSE backup');
    },
    close: () => client.end(),
  };
}

/** JSON stays text: read and written again, a long number in it would become another. */
const getTypeParser: typeof pg.types.getTypeParser = ((oid: number, format: 'text') =>
  oid === jsonb ? (text: string) => text : (pg.types.getTypeParser(oid, format) as unknown)) as typeof pg.types.getTypeParser;

const columnsSql = `
  SELECT c.table_name AS table, c.column_name AS name, c.data_type AS type
  FROM information_schema.columns c
  JOIN information_schema.tables t USING (table_schema, table_name)
  WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
  ORDER BY c.table_name, c.ordinal_position`;

const referencesSql = `
  SELECT own.relname AS table, other.relname AS other
  FROM pg_constraint
  JOIN pg_class own ON own.oid = conrelid
  JOIN pg_class other ON other.oid = confrelid
  WHERE contype = 'f' AND own.relnamespace = current_schema()::regnamespace`;
