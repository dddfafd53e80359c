import { setTimeout as sleep } from 'node:timers/promises';
import { catalogueNames } from '../catalogue/catalogue.js';
import type { EventElement } from '../core.js';
import { forgeries } from '../forgery.js';
import { tokenDeaths, type TokenDeath } from '../graph-error.js';
import type { SendBehaviour } from '../habits.js';
import { Traffic } from '../traffic.js';
import type { Json } from '../wire.js';
import { accountTroubles } from '../world.js';
import { deed } from './deed.js';
import { habits } from './habits.js';
import { duration, flag, list, number, object, oneOf, optional, shape, text, type Reader, WrongField } from './reading.js';

const behaviours = [
  'deliver-then-error',
  'deliver-then-drop',
  'deliver-then-hang',
  'fail-500',
  'html-502',
  'hang',
  'echo-first',
] as const satisfies SendBehaviour[];
const refusal = shape({ code: number, subcode: optional(number), message: optional(text), regainAccessMinutes: optional(number) });
const behaviour: Reader<SendBehaviour> = (value, path) =>
  typeof value === 'string' ? oneOf(behaviours)(value, path) : refusal(value, path);
const event: Reader<EventElement> = (value, path) => object(value, path) as EventElement;

/** What Meta itself does, and what befalls apps there. */
export const platformDeeds = {
  habits: deed({ set: habits }, ({ platform }, { set }) => void Object.assign(platform.habits, set)),
  behave: deed({ next: list(behaviour) }, ({ platform }, { next }) => platform.behave(...next)),
  dropNext: deed({ count: number }, ({ platform }, { count }) => platform.dropNext(count)),
  hold: deed({}, ({ platform }) => platform.hold()),
  release: deed({ order: optional(list(number)) }, ({ platform }, { order }) => platform.release(order)),
  advance: deed({ by: duration }, ({ platform }, { by }) => platform.pass(by)),
  settle: deed({ within: optional(duration) }, async ({ platform }, { within = 60_000 }) => {
    for (const until = platform.now() + within; platform.unsettled > 0; await platform.wait(50))
      if (platform.now() > until) throw new Error(`${platform.unsettled} events are still under way`);
  }),
  event: deed(
    {
      account: text,
      from: text,
      name: oneOf(catalogueNames),
      of: optional(text),
      comment: optional(text),
      post: optional(text),
      standby: optional(flag),
    },
    (cast, { account, from, name, standby, ...about }) => {
      const named = Object.fromEntries(
        Object.entries(about).flatMap(([key, value]) => (value === undefined ? [] : [[key, cast.id(value)]])),
      );
      return cast.platform.emitFromCatalogue(name, cast.account(account), cast.platform.customer(from), { ...named, standby });
    },
  ),
  raw: deed(
    { account: text, element: event, list: optional(oneOf(['messaging', 'standby', 'changes'])) },
    (cast, { account, element, list }) => cast.platform.emit(cast.account(account), element, list),
  ),
  body: deed({ account: text, body: object }, (cast, { account, body }) => cast.platform.postBody(cast.account(account), body as Json)),
  forge: deed({ account: text, how: oneOf(forgeries) }, (cast, { account, how }) => cast.platform.forge(how, cast.account(account))),
  dashboardTest: deed({ account: text, field: optional(text) }, (cast, { account, field }) =>
    cast.platform.dashboardTest(cast.account(account), field),
  ),
  killToken: deed({ account: text, how: oneOf(Object.keys(tokenDeaths) as TokenDeath[]) }, (cast, { account, how }) =>
    cast.platform.killToken(cast.account(account), how),
  ),
  renewToken: deed({ account: text }, (cast, { account }) => cast.platform.renewToken(cast.account(account))),
  trouble: deed({ account: text, what: oneOf(accountTroubles), on: optional(flag) }, (cast, { account, what, on }) =>
    cast.platform.trouble(cast.account(account), what, on),
  ),
  user: deed({ name: text, roles: list(shape({ account: text, tasks: list(text) })) }, (cast, { name, roles }) => {
    const held = roles.map(({ account, tasks }) => ({ account: cast.account(account), tasks }));
    return cast.platform.addUser(name, held).id;
  }),
  signedRequest: deed(
    { what: oneOf(['deauthorize', 'delete']), user: optional(text), forged: optional(flag) },
    (cast, { what, user, forged }) => cast.platform.signedRequest(what, user === undefined ? undefined : cast.user(user), { forged }),
  ),
  subscribe: deed(
    { callbackUrl: text, fields: optional(shape({ page: optional(list(text)), instagram: optional(list(text)) })) },
    ({ platform }, given) => platform.subscribe(given),
  ),
  account: deed(
    {
      kind: oneOf(['page', 'instagram']),
      name: text,
      id: optional(text),
      accessToken: optional(text),
      via: optional(oneOf(['facebook', 'instagram'])),
      page: optional(text),
      subscribed: optional(flag),
    },
    (cast, { kind, name, via, page, ...account }) => {
      if (kind === 'page') return cast.platform.addPage({ name, ...account }).id;
      const pageId = page === undefined ? undefined : cast.account(page).id;
      if (via !== 'instagram' && pageId === undefined)
        throw new WrongField('page', 'through Facebook an Instagram account hangs on a Page');
      return cast.platform.addInstagramAccount({ username: name, via: via ?? 'facebook', pageId, ...account }).id;
    },
  ),
  traffic: deed(
    { accounts: list(text), happenings: number, seed: optional(number), every: optional(duration) },
    (cast, { accounts, happenings, seed = 1, every }) =>
      new Traffic({ platform: cast.platform, accounts: accounts.map((name) => cast.account(name)), seed, everyMs: every }).run(happenings),
  ),
  replied: deed(
    { account: text, from: text, times: optional(number), within: optional(duration) },
    async (cast, { account, from, times = 1, within = 30_000 }) => {
      const [there, customer] = [cast.account(account), cast.platform.customer(from)];
      const got = () => cast.platform.transcript(there, customer).filter(({ by }) => by === 'api').length;
      for (const until = Date.now() + within; got() < times;) {
        if (Date.now() > until) throw new Error(`${from} got ${got()} of ${times} replies from ${account} within ${within} ms`);
        await sleep(20);
      }
      return got();
    },
  ),
};
