import type { Core } from '../core.js';
import type { GraphCall } from '../graph-api.js';
import { facebookScopes, instagramScopes } from '../permissions.js';
import { RawAnswer } from '../raw-answer.js';
import type { MetaUser } from '../users.js';
import type { MetaAccount } from '../world.js';
import type { Codes } from './codes.js';
import { dialogPage, errorPage, type DialogPage } from './dialog-page.js';

/** A dialog that cannot go on. Nobody is sent back, as the address to send them to may be part of the fault. */
class Stuck extends Error {
  constructor(
    readonly title: string,
    detail: string,
  ) {
    super(detail);
  }
}

interface Dialog {
  query: URLSearchParams;
  clientId: string;
  redirectUri: string;
  scopes: string[];
  system: boolean;
}

/**
 * The pages where people let an app in: `/dialog/oauth` of Facebook, `/oauth/authorize` of Instagram. Whoever has no browser adds the
 * decision to the query: `decision=approve|deny`, `user`, and, to grant less than all, `grant=<scope>` and `account=<id>`, repeated.
 */
export class Dialogs {
  constructor(
    private readonly core: Core,
    private readonly codes: Codes,
  ) {}

  answer({ method, path, host, query }: GraphCall): RawAnswer | undefined {
    if (method !== 'GET') return undefined;
    try {
      if (/^(\/v\d+\.\d+)?\/dialog\/oauth$/.test(path) && host !== 'www.instagram.com') return this.facebook(query);
      if (path === '/oauth/authorize' && host !== 'www.facebook.com') return this.instagram(query);
    } catch (error) {
      if (error instanceof Stuck) return RawAnswer.html(errorPage(error.title, error.message), 400);
      throw error;
    }
    return undefined;
  }

  private facebook(query: URLSearchParams): RawAnswer {
    const { app, world } = this.core;
    const config = app.loginConfigs?.[query.get('config_id') ?? ''];
    if (query.has('config_id') && !config)
      throw new Stuck('Sorry, something went wrong', `There is no configuration ${query.get('config_id')}`);
    const scopes = config?.scopes ?? listed(query.get('scope'));
    const dialog = this.opened(query, app.appId, scopes, app.scopes ?? facebookScopes, config?.kind === 'system-user');
    if (query.get('decision') === 'deny') return declined(dialog);
    const user = this.user(query);
    const accounts = world.users.accountsOf(user, world.accounts).filter(({ via }) => via === 'facebook');
    if (query.get('decision') === 'approve') return this.approved(dialog, user, accounts);
    return RawAnswer.html(dialogPage(this.facebookPage(dialog, accounts)));
  }

  private instagram(query: URLSearchParams): RawAnswer {
    const { app, world } = this.core;
    const scopes = listed(query.get('scope'));
    const dialog = this.opened(query, app.instagramAppId ?? app.appId, scopes, app.scopes ?? instagramScopes);
    if (query.get('decision') === 'deny') return declined(dialog);
    const user = this.user(query);
    const accounts = world.users.accountsOf(user, world.accounts).filter(({ via }) => via === 'instagram');
    const account = accounts.find(({ id, name }) => !query.has('account') || [id, name].includes(query.get('account')!));
    if (!account) throw new Stuck('Instagram', 'This person has no professional account');
    if (query.get('decision') === 'approve') return this.approved(dialog, user, [account], account);
    return RawAnswer.html(dialogPage(this.instagramPage(dialog, accounts)));
  }

  private opened(query: URLSearchParams, appId: string, scopes: string[], configured: string[], system = false): Dialog {
    const clientId = query.get('client_id') ?? '';
    const redirectUri = query.get('redirect_uri') ?? '';
    if (clientId !== appId) throw new Stuck('Invalid App ID', `The provided app ID ${clientId} does not look like a valid app ID.`);
    const { redirectUris } = this.core.app;
    if (!URL.canParse(redirectUri) || (redirectUris && !redirectUris.includes(redirectUri)))
      throw new Stuck(
        'URL Blocked',
        'This redirect failed because the redirect URI is not whitelisted in the app’s Client OAuth Settings.',
      );
    if ((query.get('response_type') ?? 'code') !== 'code') throw new Stuck('Sorry, something went wrong', 'response_type must be code');
    const invalid = scopes.filter((scope) => !configured.includes(scope));
    if (invalid.length) throw new Stuck('Invalid Scopes', `Invalid Scopes: ${invalid.join(', ')}.`);
    return { query, clientId, redirectUri, scopes, system };
  }

  private user(query: URLSearchParams): MetaUser {
    const { users } = this.core.world;
    const user = query.has('user') ? users.find(query.get('user')) : users.owner;
    if (!user) throw new Stuck('Log in', `There is nobody called ${query.get('user')}`);
    return user;
  }

  private approved(dialog: Dialog, user: MetaUser, offered: MetaAccount[], account?: MetaAccount): RawAnswer {
    const { query, clientId, redirectUri, system } = dialog;
    const partly = query.has('ticked');
    const granted = query.getAll('grant').flatMap(listed);
    const scopes = partly || granted.length ? dialog.scopes.filter((scope) => granted.includes(scope)) : dialog.scopes;
    const ids = query.getAll('account').flatMap(listed);
    const chosen = partly || ids.length ? offered.map(({ id }) => id).filter((id) => ids.includes(id)) : null;
    const challenge = query.get('code_challenge') ?? undefined;
    const code = this.codes.issue({ clientId, redirectUri, user, scopes, chosen, account, system, challenge });
    return back(dialog, { code }, account ? '#_' : '#_=_');
  }

  private facebookPage(dialog: Dialog, accounts: MetaAccount[]): DialogPage {
    const box = ({ id, name, kind }: MetaAccount) => ({
      name: 'account',
      value: id,
      label: name,
      hint: kind === 'page' ? `Page ${id}` : `Instagram ${id}`,
    });
    const groups = [
      { legend: 'Pages', kind: 'checkbox' as const, choices: accounts.filter(({ kind }) => kind === 'page').map(box) },
      { legend: 'Instagram accounts', kind: 'checkbox' as const, choices: accounts.filter(({ kind }) => kind === 'instagram').map(box) },
    ];
    return this.page('Log in with Facebook', dialog, groups);
  }

  private instagramPage(dialog: Dialog, accounts: MetaAccount[]): DialogPage {
    const choices = accounts.map(({ id, name }) => ({ name: 'account', value: id, label: name }));
    return this.page('Log in with Instagram', dialog, [{ legend: 'Account', kind: 'radio', choices }]);
  }

  private page(title: string, { query, scopes }: Dialog, groups: DialogPage['groups']): DialogPage {
    const app = this.core.app.name ?? 'Simulated app';
    const people = this.core.world.users.all.map(({ id, name }) => ({ name: 'user', value: id, label: name }));
    if (people.length > 1 && !query.has('user'))
      return { title, app, step: 'who', hidden: [...query], groups: [{ legend: 'Continue as', kind: 'radio', choices: people }] };
    const permissions = scopes.map((scope) => ({ name: 'grant', value: scope, label: scope }));
    const asked = [...groups, { legend: 'Permissions', kind: 'checkbox' as const, choices: permissions }];
    return { title, app, step: 'what', hidden: [...query, ['ticked', 'yes']], groups: asked };
  }
}

const listed = (text: string | null) => text?.split(/[\s,]+/).filter(Boolean) ?? [];

const declined = (dialog: Dialog) =>
  back(dialog, { error: 'access_denied', error_reason: 'user_denied', error_description: 'Permissions error', error_code: '200' });

function back({ query, redirectUri }: Dialog, parameters: Record<string, string>, end = ''): RawAnswer {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const state = query.get('state');
  if (state !== null) url.searchParams.set('state', state);
  return RawAnswer.redirect(url.href + end);
}
