import type { GraphAccess } from './graph.js';
import type { MetaOptions } from './options.js';
import type { FacebookSettings, InstagramSettings } from './settings.js';

/** How one account is reached: which host, by which name, with which token. */
export interface Line {
  access: GraphAccess;
  /** The account as our events name it. */
  account: string;
  /** The node to send from and to list chats of: `me` is the Page, or the Instagram account, that the token belongs to. */
  node: string;
  platform: 'messenger' | 'instagram';
}

export function pageLine({ graphUrl, graphVersion, appSecret }: MetaOptions, { pageId, pageAccessToken }: FacebookSettings): Line {
  const access = { baseUrl: versioned(graphUrl, graphVersion), token: pageAccessToken, proofSecret: appSecret };
  return { access, account: pageId, node: pageId, platform: 'messenger' };
}

/** Through Facebook the token is the linked Page's, so `me` spares us its id. `appsecret_proof` is documented for that host only. */
export function instagramLine(options: MetaOptions, { accountId, accessToken, via }: InstagramSettings): Line {
  const access =
    via === 'facebook'
      ? { baseUrl: versioned(options.graphUrl, options.graphVersion), token: accessToken, proofSecret: options.appSecret }
      : { baseUrl: versioned(options.instagramGraphUrl, options.graphVersion), token: accessToken };
  return { access, account: accountId, node: 'me', platform: 'instagram' };
}

const versioned = (url: string, version: string) => `${url.replace(/\/+$/, '')}/${version}`;
