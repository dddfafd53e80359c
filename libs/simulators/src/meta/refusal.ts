import type { Core } from './core.js';
import type { GraphError } from './graph-error.js';

/** What people read who do not use English. Whoever compares texts instead of codes finds nothing here. */
const elsewhere = ['Pyyntöä ei voitu suorittaa.', 'リクエストを完了できませんでした。', 'تعذر إكمال الطلب.', 'A kérés nem teljesíthető.'];
const transient = [1, 2, 4, 17, 32, 341, 613, 1200];

/** A refusal as it is answered: by habit in some other language, and without some of the fields that nobody promised. */
export function refusalOf(error: GraphError, { habits, random }: Core): unknown {
  const { message, type, code, fbtrace_id } = error.body.error;
  const text = habits.localizedErrors ? elsewhere[Math.floor(random() * elsewhere.length)]! : message;
  const optional = {
    error_subcode: error.subcode,
    is_transient: transient.includes(code),
    ...(error.subcode && { error_user_title: text, error_user_msg: text }),
  };
  const kept = Object.entries(optional).filter(
    ([name, value]) => value !== undefined && (!dropped(name, error) || random() >= habits.bareErrors),
  );
  return { error: { message: text, type, code, ...Object.fromEntries(kept), fbtrace_id } };
}

/** The subcode of a code that says nothing without it stays, as it does at Meta. */
const dropped = (name: string, { code }: GraphError) => name !== 'error_subcode' || ![1, 10, 100, 190, 200].includes(code);
