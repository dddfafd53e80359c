import { ConnectorError, type Cursor, type GrantedAccount, type SignIn } from '#libs/connector';
import { asInstagramAccount, asPageAccount, grantedPages } from './granted-pages.js';
import { instagramGrant } from './instagram-login.js';
import { beginFacebookLogin, beginInstagramLogin, facebookUserToken, type LoginTicket, type Registered } from './login.js';
import type { MetaOptions } from './options.js';
import type { FacebookSettings, InstagramSettings } from './settings.js';

type Begin = Parameters<SignIn['begin']>[0];

const facebook = { id: 'facebook', label: 'Facebook' };
const instagram = { id: 'instagram', label: 'Instagram' };

/** Facebook Login for Pages; undefined where the operator has registered no app. */
export function pageSignIn(options: MetaOptions): SignIn<FacebookSettings> | undefined {
  if (!isRegistered(options)) return undefined;
  return {
    providers: [facebook],
    usedBy: () => facebook.id,
    begin: async (request) => beginFacebookLogin(options, 'page', stepOf(request)),
    async finish(callback, ticket) {
      const pages = await grantedPages(options, await facebookUserToken(options, callback, asTicket(ticket)));
      return opened(pages.map(asPageAccount), 'No Page was granted. Sign in as someone with a role on the Page, and tick it.');
    },
  };
}

/** Facebook Login for the Instagram accounts that hang on Pages, and Instagram Login for those that need none. */
export function instagramSignIn(options: MetaOptions): SignIn<InstagramSettings> | undefined {
  if (!isRegistered(options)) return undefined;
  return {
    providers: [facebook, instagram],
    usedBy: ({ via }) => via,
    async begin(request) {
      if (request.provider === facebook.id) return beginFacebookLogin(options, 'instagram-on-page', stepOf(request));
      return beginInstagramLogin(options.instagramAppId ?? options.appId, options.login, stepOf(request));
    },
    async finish(callback, kept) {
      const ticket = asTicket(kept);
      if (ticket.provider === instagram.id) return opened([await instagramGrant(options, callback, ticket)], '');
      const pages = await grantedPages(options, await facebookUserToken(options, callback, ticket));
      return opened(pages.flatMap(asInstagramAccount), noneLinked(pages.map(({ name }) => `“${name}”`)));
    },
  };
}

const isRegistered = (options: MetaOptions): options is Registered => !!(options.login && options.appId && options.appSecret);

const stepOf = ({ provider, state, redirectUri }: Begin) => ({ provider, state, redirectUri });

const asTicket = (kept: Cursor) => kept as unknown as LoginTicket;

function noneLinked(pages: string[]): string {
  if (!pages.length) return 'No Page was granted. The Instagram account hangs on one: sign in as someone with a role on it, and tick both.';
  return `No Instagram professional account is linked to ${pages.join(', ')}. Link it in the Page’s settings, then sign in again.`;
}

function opened<S extends object>(
  accounts: GrantedAccount<S>[],
  none: string,
): { settings: object; address: null; accounts: GrantedAccount<S>[] } {
  if (!accounts.length) throw new ConnectorError('rejected', none);
  return { settings: {}, address: null, accounts };
}
