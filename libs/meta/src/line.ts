import { ConnectorError } from '#libs/connector';
import type { GraphAccess } from './graph.js';
import type { MetaOptions } from './options.js';
import type { FacebookSettings, InstagramSettings } from './settings.js';

export type Platform = 'messenger' | 'instagram';

/** How one account is reached: which host, by which name, with which token. */
export interface Line {
  access: GraphAccess;
  /** The account as our events name it. */
  account: string;
  /** The node to send from and to list chats of: `me` is the Page, or the Instagram account, that the token belongs to. */
  node: string;
  platform: Platform;
  /** The node that has the account's own name. */
  self: string;
  /** Where files are laid before they are sent: an edge of `node`. */
  uploads: { edge: string; query?: Record<string, string> };
}

export function pageLine({ graphUrl, graphVersion, appSecret }: MetaOptions, { pageId, pageAccessToken }: FacebookSettings): Line {
  const access = { baseUrl: versioned(graphUrl, graphVersion), token: there(pageAccessToken), proofSecret: appSecret, account: pageId };
  return { access, account: pageId, node: pageId, platform: 'messenger', self: pageId, uploads: { edge: 'message_attachments' } };
}

/** Through Facebook the token is the linked Page's, so `me` spares us its id. `appsecret_proof` is documented for that host only. */
export function instagramLine(options: MetaOptions, { accountId, accessToken, via }: InstagramSettings): Line {
  const line = { account: accountId, node: 'me', platform: 'instagram' as const };
  const token = { token: there(accessToken), account: accountId };
  if (via === 'instagram') {
    const access = { ...token, baseUrl: versioned(options.instagramGraphUrl, options.graphVersion) };
    return { ...line, access, self: 'me', uploads: { edge: 'messageattachments' } };
  }
  const access = { ...token, baseUrl: versioned(options.graphUrl, options.graphVersion), proofSecret: options.appSecret };
  return { ...line, access, self: accountId, uploads: { edge: 'message_attachments', query: { platform: 'instagram' } } };
}

/** A host's address with the version that all calls name. */
export const versioned = (url: string, version: string) => `${url.replace(/\/+$/, '')}/${version}`;

/** A token is deleted when whoever granted it wants that. */
function there(token: string | undefined): string {
  if (token) return token;
  throw new ConnectorError('auth', 'There is no access token any more', { action: 'Ask an admin to reconnect this channel.' });
}
