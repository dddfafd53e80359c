import type { Core } from './core.js';
import { facebookScopes, instagramScopes } from './permissions.js';
import { metaId } from './random.js';
import { tokenLife } from './tokens.js';
import { pageTasks } from './users.js';
import type { MetaAccount } from './world.js';

export interface NewPage {
  id?: string;
  name: string;
  accessToken?: string;
  /** Whether its direct messages flow at once, without a `subscribed_apps` call. */
  subscribed?: boolean;
}

export interface NewInstagramAccount {
  /** Its `user_id`. */
  id?: string;
  username: string;
  via: MetaAccount['via'];
  pageId?: string;
  accessToken?: string;
  subscribed?: boolean;
}

/** The business accounts there are, how new ones come, and how their tokens come and go. */
export class Accounts {
  constructor(private readonly core: Core) {}

  addPage({ id, name, accessToken, subscribed }: NewPage): MetaAccount {
    const known = id ?? metaId('page', name);
    return this.add({ kind: 'page', via: 'facebook', id: known, name, accessToken: accessToken ?? `EAASIM${known}` }, subscribed);
  }

  addInstagram({ username: name, via, pageId, subscribed, ...account }: NewInstagramAccount): MetaAccount {
    const id = account.id ?? `1784${metaId('instagram', name).padEnd(17, '0').slice(4)}`;
    const linked = this.core.world.accounts.find((page) => page.id === pageId);
    if (via === 'facebook' && !linked)
      throw new Error('through Facebook an Instagram account needs the id of a Page that was added before');
    const accessToken = linked?.accessToken ?? account.accessToken ?? `IGAASIM${id}`;
    return this.add({ kind: 'instagram', via, id, name, accessToken, pageId }, subscribed);
  }

  /** A new token for an account, as an admin gets one by signing in again. Tokens that died stay dead. */
  renewToken(account: MetaAccount): string {
    const { world } = this.core;
    const page = world.accounts.find(({ id }) => id === account.pageId) ?? account;
    const { value } = this.issue(page);
    for (const each of world.accounts) if (each === page || each.pageId === page.id) each.accessToken = value;
    return value;
  }

  tokenOfAnotherApp(account: MetaAccount): string {
    const { world } = this.core;
    const [kind, user, scopes] = ['page' as const, world.users.owner, facebookScopes];
    return world.tokens.issue({ kind, user, scopes, account, appId: metaId('another app'), lasting: true }).value;
  }

  private issue(account: MetaAccount, value?: string) {
    const { world, app } = this.core;
    const { owner: user } = world.users;
    const common = { value, account, user, lasting: true };
    if (account.via === 'facebook') return world.tokens.issue({ ...common, kind: 'page', appId: app.appId, scopes: facebookScopes });
    const expiresAt = world.now() + tokenLife.lastingInstagram;
    return world.tokens.issue({ ...common, kind: 'instagram', appId: app.instagramAppId ?? app.appId, scopes: instagramScopes, expiresAt });
  }

  private add(account: Omit<MetaAccount, 'subscribedFields' | 'troubles'>, subscribed = false): MetaAccount {
    const { world } = this.core;
    const troubles = new Set<never>();
    const added = { ...account, troubles, subscribedFields: subscribed ? ['messages', 'message_echoes', 'standby'] : [] };
    world.accounts.push(added);
    if (!added.pageId || added.via === 'instagram') world.users.owner.roles.set(added.id, pageTasks);
    if (!world.tokens.find(added.accessToken)) this.issue(added, added.accessToken);
    return added;
  }
}
