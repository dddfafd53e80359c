import { setTimeout as sleep } from 'node:timers/promises';
import { startMetaPlatform, type MetaPlatform } from '../platform.js';
import type { Truth } from '../truth.js';
import type { Cast } from './cast.js';
import { deeds } from './deeds.js';
import type { Scenario, Step } from './scenario.js';

/** One line of what a run tells. */
export type Line = { kind: string } & Record<string, unknown>;

/** What there is at the end: the truth to compare an inbox with, and how often what went wrong. */
export interface Outcome extends Truth {
  failures: Record<string, number>;
}

/** How long an app may take to come up before its callback counts as wrong, ms. */
const callbackWithin = 30_000;

/** Plays a scenario against the app at its callback. Tells each happening at once. Rejects at the first step that cannot be done. */
export async function playScenario(
  scenario: Scenario,
  tell: (line: Line) => void,
  during?: (platform: MetaPlatform) => Promise<void>,
): Promise<Outcome> {
  const platform = await startMetaPlatform({ ...scenario.app, ...timeOf(scenario), port: scenario.port, seed: scenario.seed });
  try {
    const cast = peopled(scenario, platform);
    const { accounts } = scenario;
    tell({
      kind: 'ready',
      url: platform.url,
      accounts: platform.allAccounts.map(({ id, name, kind, accessToken }, place) => ({
        as: accounts[place]?.as,
        kind,
        id,
        name,
        accessToken,
      })),
    });
    platform.onHappening((entry) => tell({ ...entry, at: entry.at.toISOString() }));
    if (scenario.callbackUrl) await subscribed(platform, scenario.callbackUrl, scenario.fields);
    await playSteps(scenario.steps, cast, tell);
    await during?.(platform);
    return outcomeOf(platform);
  } finally {
    await platform.stop();
  }
}

function timeOf({ time, start }: Scenario) {
  const began = Date.now();
  const from = start ?? began;
  return { stillClock: time === 'fast', now: () => (time === 'fast' ? from : from + Date.now() - began) };
}

function peopled({ habits, accounts }: Scenario, platform: MetaPlatform): Cast {
  const { cast } = platform;
  Object.assign(platform.habits, habits);
  for (const { as, given } of accounts) {
    const account = cast.account(String(deeds.get('account')!.run(cast, given)));
    if (as) cast.addAccount(as, account);
  }
  return cast;
}

/** The app may still be starting. */
async function subscribed(platform: MetaPlatform, callbackUrl: string, fields: Scenario['fields']): Promise<void> {
  for (const until = Date.now() + callbackWithin; ; await sleep(200)) {
    try {
      return await platform.subscribe({ callbackUrl, fields });
    } catch (error) {
      if (Date.now() > until || !(error instanceof TypeError)) throw new Error(`callbackUrl: ${String(error)}`, { cause: error });
    }
  }
}

async function playSteps(steps: Step[], cast: Cast, tell: (line: Line) => void): Promise<void> {
  const { platform } = cast;
  const start = platform.now();
  for (const { path, at, after, do: name, given, as } of steps) {
    await platform.wait(at === null ? after : Math.max(0, start + at - platform.now()));
    const result = await done(path, () => deeds.get(name)!.run(cast, given));
    if (as) cast.call(as, result);
    tell({
      kind: 'step',
      at: new Date(platform.now()).toISOString(),
      path,
      do: name,
      ...(as && { as }),
      ...(result !== undefined && { result }),
    });
  }
  await platform.wait(0);
}

async function done(path: string, run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function outcomeOf(platform: MetaPlatform): Outcome {
  const failures: Record<string, number> = {};
  for (const { kind } of platform.failures) failures[kind] = (failures[kind] ?? 0) + 1;
  return { ...platform.truth(), failures };
}
