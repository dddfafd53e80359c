import { type Manifest, type TableShape, entryOf } from './format.js';
import type { Row, Snapshot } from './snapshot.js';
import type { TarEntry } from './tar.js';
import { toBackup } from './values.js';

/**
 * Tables that stay behind: what is made anew (the search index, the list of migrations), what is only true while the app runs
 * (changes told to browsers, processes), and sign-ins, lest one that was ended since comes back to life.
 */
const left = ['migrations', 'typeorm_metadata', 'change', 'running_process', 'session', 'pending_sign_in'];
const isKept = ({ name }: TableShape) => !left.includes(name) && !name.startsWith('message_search');

const partBytes = 1024 * 1024;

/** The tables that belong into a backup, each after those that it refers to. */
export async function keptTables(snapshot: Snapshot): Promise<TableShape[]> {
  const waiting = (await snapshot.tables()).filter(isKept);
  const order: typeof waiting = [];
  while (waiting.length) {
    const isFree = ({ name, refersTo }: (typeof waiting)[number]) =>
      !waiting.some((other) => other.name !== name && refersTo.includes(other.name));
    const next = waiting.findIndex(isFree);
    if (next < 0) throw new Error(`These tables refer to each other in a circle: ${waiting.map(({ name }) => name).join(', ')}.`);
    order.push(...waiting.splice(next, 1));
  }
  return order.map(({ name, columns }) => ({ name, columns }));
}

/** A table as entries of about a megabyte: one JSON array a line and row, its values in the order of the columns. */
export async function* tableEntries(
  snapshot: Snapshot,
  { name, columns }: Manifest['tables'][number],
  onRows: (count: number) => void,
): AsyncGenerator<TarEntry> {
  let part = 0;
  let lines: string[] = [];
  let size = 0;
  const entry = () => {
    const made = entryOf(Buffer.from(lines.join('')), (sha256) => `tables/${name}/${String(++part).padStart(6, '0')}-${sha256}.ndjson`);
    onRows(lines.length);
    [lines, size] = [[], 0];
    return made;
  };
  for await (const row of snapshot.rows(`SELECT ${columns.map((column) => `"${column.name}"`).join(', ')} FROM "${name}"`)) {
    const line = lineOf(columns, row);
    lines.push(line);
    size += line.length;
    if (size >= partBytes) yield entry();
  }
  if (lines.length) yield entry();
}

const lineOf = (columns: TableShape['columns'], row: Row) =>
  `${JSON.stringify(columns.map(({ name, kind }) => toBackup(kind, row[name])))}\n`;
