import { ConnectorError, type Check } from '#libs/connector';
import { callGraph } from './graph.js';
import { asObject } from './json.js';
import type { Line } from './line.js';
import type { MetaOptions } from './options.js';
import { ownership, type Verdict } from './ownership.js';
import { isUsable, missing, roadOf, type Road } from './permissions.js';
import { subscribe } from './subscription.js';
import { standingOf, type SignInFacts } from './token-facts.js';

type Step = [name: string, look: () => Promise<Verdict>];

/** The token works and is the account's own, allows what an inbox does, and the account's events are switched on. */
export async function checkAccount(options: MetaOptions, line: Line, told: SignInFacts = {}): Promise<Check[]> {
  let scopes: string[] | null = null;
  return inTurn(
    ['Access token', () => ownership(line)],
    [
      'Permissions',
      async () => {
        scopes = (await standingOf(options, line, told)).scopes;
        return allowed(roadOf(line), scopes);
      },
    ],
    [
      'Events',
      async () => {
        await subscribe(line, scopes);
        return { ok: true, detail: 'Meta will send us this account’s events' };
      },
    ],
    ...(roadOf(line) === 'instagram-login' ? [] : [['Other apps', () => otherApps(line)] as Step]),
  );
}

async function inTurn(...steps: Step[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [name, step] of steps) {
    checks.push({ name, ...(await verdict(step)) });
    if (!checks.at(-1)?.ok) break;
  }
  return checks;
}

async function verdict(step: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { ok: false, detail: error.advice };
  }
}

function allowed(road: Road, scopes: string[] | null): Verdict {
  const granted = { scopes, tasks: null };
  const lacking = missing(road, granted);
  if (!scopes) return { ok: true, detail: 'Meta was not asked what this token is allowed' };
  return { ok: isUsable(road, granted), detail: lacking.join(' ') || 'All that an inbox needs is allowed' };
}

/** Where several apps are connected one of them owns each chat (Conversation Routing). It is good to know, and no reason to refuse. */
async function otherApps({ access, platform }: Line): Promise<Verdict> {
  try {
    const { body } = await callGraph(access, { method: 'GET', path: 'me', query: { fields: 'messaging_feature_status' } });
    const several = asObject(body.messaging_feature_status)?.[platform === 'messenger' ? 'msgr_multi_app' : 'ig_multi_app'] === true;
    const detail = several ? 'Other apps answer in these chats too, and may hold some of them' : 'No other app answers in these chats';
    return { ok: true, detail };
  } catch (error) {
    if (error instanceof ConnectorError && error.kind !== 'auth')
      return { ok: true, detail: 'Meta did not tell whether others answer here' };
    throw error;
  }
}
