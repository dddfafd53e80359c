import type { Core } from './core.js';
import { select } from './fields.js';
import type { Token } from './tokens.js';
import type { MetaAccount } from './world.js';

type Node = Record<string, unknown>;

/** A Page or an Instagram account as `GET /{id}` gives it, to whoever holds a token that opens it. */
export function accountNode(account: MetaAccount, token: Token, core: Core, query: URLSearchParams): Node {
  const node = account.kind === 'page' ? pageNode(account, token, core) : instagramNode(account);
  return select(node, query.get('fields') ?? 'name');
}

/** With everything an app may ask of a Page; what the token may not see is not there. */
export function pageNode(page: MetaAccount, token: Token, { world }: Core): Node {
  const linked = token.scopes.includes('instagram_basic') ? world.instagramOf(page) : undefined;
  const hidden = token.chosen && linked && !token.chosen.includes(linked.id);
  return {
    id: page.id,
    name: page.name,
    username: page.name.toLowerCase().replace(/[^a-z0-9]+/g, ''),
    category: 'Home decor',
    link: `https://www.facebook.com/${page.id}`,
    access_token: token.kind === 'page' ? token.value : world.tokens.ofPage(token, page).value,
    tasks: token.user.roles.get(page.id),
    messaging_feature_status: { hop_v2: false, msgr_multi_app: true, ig_multi_app: false },
    instagram_business_account: linked && !hidden ? instagramNode(linked) : undefined,
  };
}

/** Through Instagram Login `id` is not the id that webhooks name; `user_id` is. */
function instagramNode({ id, name, via }: MetaAccount): Node {
  return {
    id: via === 'instagram' ? `2${id.slice(1)}` : id,
    user_id: via === 'instagram' ? id : undefined,
    username: name,
    name,
    account_type: 'BUSINESS',
    followers_count: 421,
  };
}
