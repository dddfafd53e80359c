import type { AppOptions } from '../core.js';
import type { Habits } from '../habits.js';
import { deeds } from './deeds.js';
import { habits } from './habits.js';
import { duration, list, moment, number, object, oneOf, optional, shape, text, WrongField, type Reader, usually } from './reading.js';

/** One thing to do, when its time has come. */
export interface Step {
  /** Where it stands in the file; steps of a repetition stand there several times. */
  path: string;
  /** Since the start, ms; null: `after` the step before. */
  at: number | null;
  after: number;
  do: string;
  given: unknown;
  /** The name under which later steps speak of what it makes. */
  as?: string;
}

/** An account as a scenario names it; read by the deed `account`. */
interface Account {
  as?: string;
  given: unknown;
}

/** A run of the platform, from the first account to the last step. */
export interface Scenario {
  app: AppOptions;
  port: number;
  seed: number;
  /** `fast`: the platform's clock stands still but for steps, and jumps; all that falls due in between happens at its time. */
  time: 'real' | 'fast';
  start?: number;
  callbackUrl?: string;
  fields?: { page?: string[]; instagram?: string[] };
  habits: Partial<Habits>;
  accounts: Account[];
  steps: Step[];
}

const app: Reader<AppOptions> = shape({
  ...{ appId: text, appSecret: text, verifyToken: text, name: optional(text) },
  ...{ instagramAppId: optional(text), instagramAppSecret: optional(text) },
  ...{ scopes: optional(list(text)), redirectUris: optional(list(text)), deauthorizeUrl: optional(text), deletionUrl: optional(text) },
  loginConfigs: optional((value: unknown, path: string) =>
    Object.fromEntries(Object.entries(object(value, path)).map(([id, config]) => [id, loginConfig(config, `${path}.${id}`)])),
  ),
});
const loginConfig = shape({ kind: oneOf(['user', 'system-user']), scopes: list(text) });

const account: Reader<Account> = (value, path) => {
  const { as, ...given } = object(value, path);
  return { as: optional(text)(as, `${path}.as`), given: deeds.get('account')!.read(given, path) };
};

/** Reads a scenario to its last step. Throws {@link WrongField}, which names what is wrong by its path. */
export const readScenario = (value: unknown): Scenario => whole(value, '');

const whole: Reader<Scenario> = shape({
  app,
  port: usually(0, number),
  seed: usually(1, number),
  time: usually('real', oneOf(['real', 'fast'])),
  start: optional(moment),
  callbackUrl: optional(text),
  fields: optional(shape({ page: optional(list(text)), instagram: optional(list(text)) })),
  habits: usually({}, habits),
  accounts: list(account),
  steps: (value, path) => list(object)(value, path).flatMap((step, place) => readStep(step, `${path}[${place}]`)),
});

function readStep(step: Record<string, unknown>, path: string): Step[] {
  if ('repeat' in step) return repeated(step, path);
  const { at, after, as, do: name, ...rest } = step;
  const deed = deeds.get(text(name, `${path}.do`));
  if (!deed) throw new WrongField(`${path}.do`, `there is no such deed; there are ${[...deeds.keys()].join(', ')}`);
  const given = deed.read(rest, path);
  return [{ path, ...timeOf(at, after, path), do: String(name), given, as: optional(text)(as, `${path}.as`) }];
}

const timeOf = (at: unknown, after: unknown, path: string) => ({
  at: optional(duration)(at, `${path}.at`) ?? null,
  after: optional(duration)(after, `${path}.after`) ?? 0,
});

const repetition = shape({
  repeat: number,
  every: optional(duration),
  at: optional(duration),
  after: optional(duration),
  steps: list(object),
});

/** `{n}` in its texts is the turn, from 1; `{n%5}` goes round. */
function repeated(given: Record<string, unknown>, path: string): Step[] {
  const { repeat, every = 0, at, after = 0, steps } = repetition(given, path);
  return Array.from({ length: repeat }, (_, turn) => {
    const flat = steps.flatMap((step, place) => readStep(numbered(step, turn + 1), `${path}.steps[${place}]`));
    const [first, ...others] = flat;
    if (!first) return [];
    const time = turn > 0 ? { after: first.after + every } : { at: at ?? first.at, after: first.after + after };
    return [{ ...first, ...time }, ...others];
  }).flat();
}

function numbered<T>(value: T, turn: number): T {
  const fill = (words: string) => words.replace(/\{n(?:%(\d+))?\}/g, (_, round?: string) => String(round ? turn % Number(round) : turn));
  return JSON.parse(JSON.stringify(value), (_, part: unknown) => (typeof part === 'string' ? fill(part) : part)) as T;
}
