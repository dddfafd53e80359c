import type { AppSubscriptions } from './app-subscriptions.js';
import type { Core } from './core.js';
import type { GraphCall } from './graph-api.js';
import { permit } from './permissions.js';
import { fieldsFor, readFields } from './subscription-fields.js';
import type { Token } from './tokens.js';
import type { Happening } from './webhook-body.js';
import type { MetaAccount, World } from './world.js';

/** `GET`, `POST` and `DELETE` of `/{account}/subscribed_apps`: the second gate. A POST replaces the list. */
export function subscribedApps(account: MetaAccount, { method, query, body }: GraphCall, token: Token, { app }: Core): unknown {
  permit(token, account, 'subscribe');
  if (method === 'GET') return { data: account.subscribedFields.length ? [subscription(account, app.appId, app.name)] : [] };
  const wanted = query.get('subscribed_fields') ?? body.subscribed_fields;
  const kind = account.via === 'instagram' ? 'instagram' : 'page';
  account.subscribedFields = method === 'DELETE' ? [] : readFields(wanted, kind, 'subscribed_fields');
  return { success: true };
}

const subscription = ({ subscribedFields }: MetaAccount, id: string, name = 'Simulated app') => {
  return { id, name, category: 'Business', link: 'https://app.example/', subscribed_fields: subscribedFields };
};

/** Why an event of an account is not delivered, or null. An Instagram account on a Page needs that Page subscribed to anything. */
export function whyNotSubscribed(world: World, apps: AppSubscriptions, { account, element, list }: Happening): string | null {
  if (account.troubles.has('access-off') && list !== 'changes') return `${account.name} lets no app at its messages`;
  if (account.troubles.has('unlinked')) return `${account.name} hangs on no Page`;
  const fields = fieldsFor(account.kind, element, list);
  const closed = apps.whyNot(account.kind, fields);
  if (closed) return closed;
  const page = account.via === 'facebook' && world.accounts.find(({ id }) => id === account.pageId);
  if (page) return page.subscribedFields.length ? null : `${page.name} is not subscribed to anything`;
  if (!account.subscribedFields.length) return `${account.name} is not subscribed to anything`;
  const missing = fields.find((field) => !account.subscribedFields.includes(field));
  return missing ? `${account.name} is not subscribed to ${missing}` : null;
}
