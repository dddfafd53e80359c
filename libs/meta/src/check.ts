import { ConnectorError, type Check } from '#libs/connector';
import { callGraph } from './graph.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import type { Line } from './line.js';

/** All that a shared inbox wants to hear of a Page; Meta replaces the whole list with each call. */
const PAGE_FIELDS =
  'messages,message_echoes,message_deliveries,message_reads,message_edits,message_reactions,messaging_postbacks,messaging_referrals,messaging_handovers,standby,feed,mention';
const INSTAGRAM_FIELDS =
  'messages,message_edit,message_reactions,messaging_postbacks,messaging_referral,messaging_seen,messaging_handover,standby,comments,live_comments,mentions';

/** The Page's token works, is the Page's own, and the Page's events are switched on. */
export const checkPage = (line: Line): Promise<Check[]> =>
  inTurn(
    ['Access token', () => readMe(line, 'id,name', ({ id, name }) => owned(asId(id), line.account, `the Page “${asText(name) ?? '?'}”`))],
    ['Events', () => subscribe(line, PAGE_FIELDS)],
  );

/** Through Facebook the account must be linked to the Page whose token this is, and that Page's subscription carries its events. */
export const checkInstagramOnPage = (line: Line): Promise<Check[]> =>
  inTurn(
    ['Access token', () => readMe(line, 'id,name,instagram_business_account', (page) => linked(page, line.account))],
    ['Events', () => subscribe(line, PAGE_FIELDS)],
  );

/** Through Instagram Login `/me` has two ids; events carry `user_id`. */
export const checkInstagramLogin = (line: Line): Promise<Check[]> =>
  inTurn(
    [
      'Access token',
      () =>
        readMe(line, 'user_id,username,id', ({ user_id, username }) => owned(asId(user_id), line.account, `@${asText(username) ?? '?'}`)),
    ],
    ['Events', () => subscribe(line, INSTAGRAM_FIELDS)],
  );

type Verdict = Omit<Check, 'name'>;

async function inTurn(...steps: [string, () => Promise<Verdict>][]): Promise<Check[]> {
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
    return { ok: false, detail: [error.message, error.action].filter(Boolean).join(' ') };
  }
}

async function readMe({ access }: Line, fields: string, judge: (me: JsonObject) => Verdict): Promise<Verdict> {
  const { body } = await callGraph(access, { method: 'GET', path: 'me', query: { fields } });
  return judge(body);
}

function owned(id: string | undefined, wanted: string, name: string): Verdict {
  if (id === wanted) return { ok: true, detail: `Belongs to ${name}` };
  return { ok: false, detail: `This token belongs to ${name} with the id ${id ?? '?'}, not to ${wanted}` };
}

function linked(page: JsonObject, account: string): Verdict {
  const id = asId(asObject(page.instagram_business_account)?.id);
  const name = asText(page.name) ?? '?';
  if (id === account) return { ok: true, detail: `Linked to the Page “${name}”` };
  const other = id ? `the Instagram account ${id}` : 'no Instagram account';
  return { ok: false, detail: `This token belongs to “${name}” (${asId(page.id) ?? '?'}), to which ${other} is linked, not ${account}` };
}

async function subscribe({ access, node }: Line, fields: string): Promise<Verdict> {
  const { body } = await callGraph(access, { method: 'POST', path: `${node}/subscribed_apps`, query: { subscribed_fields: fields } });
  return body.success
    ? { ok: true, detail: 'Meta will send us this account’s events' }
    : { ok: false, detail: 'Meta did not switch the account’s events on' };
}
