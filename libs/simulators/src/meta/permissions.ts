import { GraphError } from './graph-error.js';
import type { Token } from './tokens.js';
import type { MetaAccount } from './world.js';

/** What an app may be allowed to do with an account. */
export type Feature = 'subscribe' | 'messages' | 'read-comments' | 'moderate' | 'private-reply';

type Route = 'page' | 'instagram on a Page' | 'instagram';

const needed: Record<Feature, Record<Route, string[]>> = {
  subscribe: { page: ['pages_manage_metadata'], 'instagram on a Page': ['pages_manage_metadata'], instagram: ['instagram_business_basic'] },
  messages: {
    page: ['pages_messaging'],
    'instagram on a Page': ['instagram_manage_messages'],
    instagram: ['instagram_business_manage_messages'],
  },
  'read-comments': {
    page: ['pages_read_engagement', 'pages_read_user_content'],
    'instagram on a Page': ['instagram_manage_comments'],
    instagram: ['instagram_business_manage_comments'],
  },
  moderate: {
    page: ['pages_manage_engagement'],
    'instagram on a Page': ['instagram_manage_comments'],
    instagram: ['instagram_business_manage_comments'],
  },
  'private-reply': {
    page: ['pages_messaging'],
    'instagram on a Page': ['instagram_manage_comments', 'pages_messaging'],
    instagram: ['instagram_business_manage_comments', 'instagram_business_manage_messages'],
  },
};

/** Any one of these Page tasks lets a person, and the token made for them, do it. */
const tasksFor: Partial<Record<Feature, string[]>> = {
  subscribe: ['MANAGE', 'CREATE_CONTENT', 'MODERATE'],
  messages: ['MESSAGING'],
  'private-reply': ['MESSAGING'],
  moderate: ['MODERATE'],
};

export const facebookScopes = [
  'pages_show_list',
  'pages_messaging',
  'pages_manage_metadata',
  'pages_read_engagement',
  'pages_read_user_content',
  'pages_manage_engagement',
  'business_management',
  'instagram_basic',
  'instagram_manage_messages',
  'instagram_manage_comments',
  'ads_read',
  'ads_management',
];
export const instagramScopes = [
  'instagram_business_basic',
  'instagram_business_manage_messages',
  'instagram_business_manage_comments',
  'instagram_business_content_publish',
  'instagram_manage_engagement',
];

/** What a token lacks for something, or null: a scope that was not granted, or a task its person does not have on the Page. */
export function lacking(token: Token, account: MetaAccount, feature: Feature): string | null {
  const route = account.kind === 'page' ? 'page' : account.via === 'instagram' ? 'instagram' : 'instagram on a Page';
  const scope = needed[feature][route].find((name) => !token.scopes.includes(name));
  if (scope) return `Requires ${scope} permission to manage the object`;
  const tasks = tasksFor[feature];
  const has = token.user.roles.get(account.pageId ?? account.id) ?? [];
  if (account.via === 'instagram' || !tasks || tasks.some((task) => has.includes(task))) return null;
  return `The user must have one of the following tasks on the Page: ${tasks.join(', ')}`;
}

/** Throws error 200, or 10 on the route through Instagram Login, where a token may not do something. */
export function permit(token: Token, account: MetaAccount, feature: Feature): void {
  checkTroubles(account, feature);
  const lack = lacking(token, account, feature);
  if (!lack) return;
  if (account.via === 'instagram') throw new GraphError(10, 'Application does not have permission for this action', undefined, 403);
  throw new GraphError(200, lack, undefined, 403);
}

function checkTroubles({ kind, troubles }: MetaAccount, feature: Feature): void {
  if (kind === 'instagram' && troubles.has('unlinked')) throw new GraphError(100, 'The Page has no linked Instagram account', 2534013);
  if (feature !== 'messages' && feature !== 'private-reply') return;
  if (troubles.has('access-off'))
    throw new GraphError(200, 'The account owner has disabled access to instagram direct messages', 2534041, 403);
  if (troubles.has('restricted')) throw new GraphError(10, 'The Page is temporarily restricted from sending messages', 1893063, 403);
}
