import fc from 'fast-check';
import { header, mail } from './outside.js';

const writers = ['Ada Moss <ada@customer.example>', 'Bo Lind <bo@customer.example>', 'Cy Park <cy@customer.example>'];

interface Sprout {
  /** Which of those before it is answered; none for every sixth. */
  answers: number;
  by: number;
  names: 'in-reply-to' | 'references' | 'both';
  arrives: boolean;
}

/** A mail of a thread; all who write take part in all threads. */
export interface Leaf {
  text: string;
  raw: string;
  id: string;
  /** The ids it names. */
  named: string[];
}

const sprout = fc.record<Sprout>({
  answers: fc.nat(1_000),
  by: fc.nat(writers.length - 1),
  names: fc.constantFrom('in-reply-to', 'references', 'both'),
  arrives: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});

/** Threads that customers write, in the order of time, as far as they arrive. Each mail names what its program knows from the mail that it answers (RFC 5322 §3.6.4), or less. */
export const randomForest = (tag: string, size: number): fc.Arbitrary<Leaf[]> =>
  fc.array(sprout, { minLength: size, maxLength: size }).map((sprouts) => {
    const leaves: Leaf[] = [];
    for (const { answers, by, names } of sprouts) {
      const answered = answers % 6 ? leaves[answers % leaves.length] : undefined;
      leaves.push(leaf(`${leaves.length} of ${tag}`, writers[by]!, answered, names));
    }
    return leaves.filter((_, at) => sprouts[at]!.arrives);
  });

function leaf(text: string, from: string, answered: Leaf | undefined, names: Sprout['names']): Leaf {
  const id = `<${text.replaceAll(' ', '.')}@customer.example>`;
  const subject = answered ? `Re: ${header(answered.raw, 'Subject')!.replace('Re: ', '')}` : `Lamp ${text}`;
  const thread = answered ? [...answered.named, answered.id] : [];
  const inReplyTo = answered && names !== 'references' ? { inReplyTo: answered.id } : {};
  const references = answered && names !== 'in-reply-to' ? { references: thread } : {};
  const raw = mail({ from, subject, text, messageId: id, ...inReplyTo, ...references });
  const named = references.references ?? (answered ? [answered.id] : []);
  return { text, id, named, raw: `Cc: ${writers.filter((one) => one !== from).join(', ')}\r\n${raw}` };
}

/** What belongs together: mails that name one another, or the same mail, be it one that never arrived. */
export function threadsOf(leaves: Leaf[]): Leaf[][] {
  const threads: Array<{ ids: Set<string>; leaves: Leaf[] }> = [];
  for (const one of leaves) {
    const ids = [one.id, ...one.named];
    const touched = threads.filter((thread) => ids.some((id) => thread.ids.has(id)));
    for (const thread of touched) threads.splice(threads.indexOf(thread), 1);
    threads.push({
      ids: new Set([...ids, ...touched.flatMap((thread) => [...thread.ids])]),
      leaves: [...touched.flatMap((thread) => thread.leaves), one],
    });
  }
  return threads.map((thread) => thread.leaves);
}
