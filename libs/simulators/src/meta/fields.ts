/** One entry of Graph's field language: `comments.limit(5){id,from}`. */
interface Field {
  name: string;
  fields: string | null;
}

type Node = Record<string, unknown>;

/** Keeps the fields asked for, inside of other nodes as well; without the question Graph answers `id` and its few defaults. */
export function chosen(node: Node, query: URLSearchParams): Node {
  return select(node, query.get('fields') ?? 'name,created_time,updated_time,text,timestamp,message');
}

/** Keeps these fields of a node and its `id`. */
export function select(node: Node, wanted: string): Node {
  const fields = new Map(parse(wanted).map((field) => [field.name, field.fields]));
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      if (value === undefined || (key !== 'id' && !fields.has(key))) return [];
      return [[key, narrowed(value, fields.get(key) ?? null)]];
    }),
  );
}

function narrowed(value: unknown, wanted: string | null): unknown {
  if (wanted === null || typeof value !== 'object' || value === null) return value;
  const { data } = value as { data?: unknown };
  if (!Array.isArray(data)) return select(value as Node, wanted);
  return { ...value, data: data.map((node: Node) => select(node, wanted)) };
}

/** Splits at the commas that stand outside of braces and parentheses. */
function parse(wanted: string): Field[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, char] of [...wanted, ','].entries()) {
    if ('{('.includes(char)) depth += 1;
    if ('})'.includes(char)) depth -= 1;
    if (char !== ',' || depth > 0) continue;
    parts.push(wanted.slice(start, index).trim());
    start = index + 1;
  }
  return parts.filter(Boolean).map((part) => {
    const [, name = part, fields = null] = /^(\w+)[^{]*(?:\{(.*)\})?$/s.exec(part) ?? [];
    return { name, fields };
  });
}
