/** Joins the lines of format=flowed text (RFC 3676): a line that ends in a space goes on in the next of the same quote depth. */
export function unflow(text: string, delSp: boolean): string {
  const lines: Array<{ depth: number; text: string; open: boolean }> = [];
  for (const raw of text.split(/\r?\n/)) {
    const marks = /^>*/.exec(raw)?.[0] ?? '';
    const words = raw.slice(marks.length).replace(/^ /, '');
    const open = words.endsWith(' ') && words !== '-- ';
    const line = { depth: marks.length, text: open && delSp ? words.slice(0, -1) : words, open };
    const last = lines.at(-1);
    if (last?.open && last.depth === line.depth && words !== '-- ') [last.text, last.open] = [last.text + line.text, open];
    else lines.push(line);
  }
  return lines.map(({ depth, text: words }) => (depth ? `${'>'.repeat(depth)} ${words}` : words)).join('\n');
}
