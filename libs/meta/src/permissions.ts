import type { Line } from './line.js';

/** The roads to an account: a Page, an Instagram account that hangs on a Page, an Instagram account by itself. */
export type Road = 'page' | 'instagram-on-page' | 'instagram-login';

/** What was granted, as far as it is known: null where it is not told. Tasks are what a person may do on a Page. */
export interface Granted {
  scopes: string[] | null;
  tasks: string[] | null;
}

/** Something the inbox does, what it needs for that, and whether an account is of no use without. */
interface Feature {
  does: string;
  scopes: string[];
  /** Any of these tasks on the Page will do. */
  tasks?: string[];
  part: 'events' | 'chats' | 'comments' | 'extra';
}

const pageEvents: Feature = {
  does: 'Hearing of what comes in',
  scopes: ['pages_manage_metadata'],
  tasks: ['MANAGE', 'CREATE_CONTENT', 'MODERATE'],
  part: 'events',
};

/** https://developers.facebook.com/docs/permissions; the tasks are those that the API returns, not those of the docs. */
const features: Record<Road, Feature[]> = {
  page: [
    pageEvents,
    { does: 'Messenger chats', scopes: ['pages_messaging'], tasks: ['MESSAGING'], part: 'chats' },
    { does: 'Reading comments', scopes: ['pages_read_engagement', 'pages_read_user_content'], tasks: ['MODERATE'], part: 'comments' },
    { does: 'Answering, hiding and liking comments', scopes: ['pages_manage_engagement'], tasks: ['MODERATE'], part: 'extra' },
  ],
  'instagram-on-page': [
    pageEvents,
    { does: 'Instagram messages', scopes: ['instagram_basic', 'instagram_manage_messages'], tasks: ['MESSAGING'], part: 'chats' },
    { does: 'Instagram comments', scopes: ['instagram_basic', 'instagram_manage_comments'], tasks: ['MODERATE'], part: 'comments' },
    { does: 'Finding the Page behind the account', scopes: ['pages_show_list', 'pages_read_engagement'], part: 'extra' },
    { does: 'Private answers to comments', scopes: ['pages_messaging'], part: 'extra' },
  ],
  'instagram-login': [
    { does: 'Instagram messages', scopes: ['instagram_business_basic', 'instagram_business_manage_messages'], part: 'chats' },
    { does: 'Instagram comments', scopes: ['instagram_business_basic', 'instagram_business_manage_comments'], part: 'comments' },
  ],
};

/** Every permission to ask for at a sign-in. */
export const scopesFor = (road: Road): string[] => [
  ...new Set([...(road === 'page' ? ['pages_show_list'] : []), ...features[road].flatMap(({ scopes }) => scopes)]),
];

/** What does not work with what was granted, a sentence each. */
export const missing = (road: Road, granted: Granted): string[] =>
  features[road].flatMap((feature) => {
    const scopes = lackingScopes(feature, granted);
    if (scopes.length) return `${feature.does}: not allowed (${scopes.join(', ')}). Allow it and connect again.`;
    if (!hasTask(feature, granted)) return `${feature.does}: your role on the Page does not include it (${feature.tasks!.join(' or ')}).`;
    return [];
  });

/** Whether there would be anything in the inbox: events come, of chats or of comments. */
export function isUsable(road: Road, granted: Granted): boolean {
  const works = (part: Feature['part']) =>
    features[road].filter((one) => one.part === part).every((feature) => isGranted(feature, granted));
  return works('events') && (works('chats') || works('comments'));
}

/** Page and Instagram name the same events differently, and refuse each other's names. */
const pageFields = {
  chats: [
    ...['messages', 'message_echoes', 'message_deliveries', 'message_reads', 'message_edits', 'message_reactions'],
    ...['messaging_postbacks', 'messaging_referrals', 'messaging_handovers', 'standby'],
  ],
  comments: ['feed', 'mention'],
};
const instagramFields = {
  chats: [
    ...['messages', 'message_edit', 'message_reactions', 'messaging_postbacks', 'messaging_referral'],
    ...['messaging_seen', 'messaging_handover', 'standby'],
  ],
  comments: ['comments', 'live_comments', 'mentions'],
};

/**
 * All that an inbox wants to hear of an account and may hear. The list replaces the one before. An Instagram account on a Page
 * hears through any subscription of that Page, which may be a channel too: so it asks for the Page's own events where it may.
 */
export function eventFields(road: Road, scopes: string[] | null): string[] {
  const may = (part: Feature['part'], on = road) =>
    features[on].filter((one) => one.part === part).every((feature) => !lackingScopes(feature, { scopes, tasks: null }).length);
  if (road === 'instagram-on-page') return may('chats', 'page') ? [...pageFields.chats, ...pageFields.comments] : ['feed'];
  const fields = road === 'page' ? pageFields : instagramFields;
  return (['chats', 'comments'] as const).flatMap((part) => (may(part) ? fields[part] : []));
}

/** How an account is reached, by its line. */
export const roadOf = ({ platform, self }: Line): Road =>
  platform === 'messenger' ? 'page' : self === 'me' ? 'instagram-login' : 'instagram-on-page';

const lackingScopes = (feature: Feature, { scopes }: Granted) => (scopes ? feature.scopes.filter((scope) => !scopes.includes(scope)) : []);
const hasTask = ({ tasks }: Feature, granted: Granted) => !tasks || !granted.tasks || tasks.some((task) => granted.tasks!.includes(task));
const isGranted = (feature: Feature, granted: Granted) => !lackingScopes(feature, granted).length && hasTask(feature, granted);
