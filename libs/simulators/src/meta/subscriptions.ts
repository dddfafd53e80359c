import type { GraphCall } from './graph-api.js';
import { GraphError } from './graph-error.js';
import type { Happening } from './webhook-sender.js';
import type { MetaAccount, World } from './world.js';

const pageFields =
  'feed,mention,messages,message_echoes,message_edits,message_deliveries,message_reads,message_reactions,message_context,messaging_postbacks,messaging_referrals,messaging_optins,messaging_optouts,messaging_handovers,messaging_policy_enforcement,messaging_integrity,standby,inbox_labels,live_videos,ratings,conversations'.split(
    ',',
  );
const instagramFields =
  'comments,live_comments,mentions,messages,message_edit,message_reactions,messaging_postbacks,messaging_referral,messaging_seen,messaging_handover,messaging_optins,standby,story_insights,story_reactions,share_to_story,follow'.split(
    ',',
  );

/** `GET`, `POST` and `DELETE` of `/{account}/subscribed_apps`. */
export function subscribedApps(account: MetaAccount, { method, query, body }: GraphCall, appId: string): unknown {
  if (method === 'GET') {
    const fields = account.subscribedFields;
    return { data: fields.length ? [{ id: appId, name: 'Simulated app', category: 'Business', subscribed_fields: fields }] : [] };
  }
  account.subscribedFields = method === 'DELETE' ? [] : wantedFields(account, query.get('subscribed_fields') ?? body.subscribed_fields);
  return { success: true };
}

function wantedFields(account: MetaAccount, wanted: unknown): string[] {
  const fields = Array.isArray(wanted) ? wanted.map(String) : String(wanted ?? '').split(',');
  const allowed = account.via === 'instagram' ? instagramFields : pageFields;
  const wrong = fields.findIndex((field) => !allowed.includes(field));
  if (wrong < 0) return fields;
  throw new GraphError(100, `Param subscribed_fields[${wrong}] must be one of {${allowed.join(', ').toUpperCase()}}`);
}

/** Why an event of an account is not delivered, or null. An Instagram account on a Page needs that Page subscribed to anything. */
export function whyNotSubscribed(world: World, { account, element, list }: Happening): string | null {
  const page = account.via === 'facebook' && world.accounts.find(({ id }) => id === account.pageId);
  if (page) return page.subscribedFields.length ? null : `${page.name} is not subscribed to anything`;
  const field = list === 'messaging' ? fieldOf(account.kind, element) : null;
  const subscribed = field ? account.subscribedFields.includes(field) : account.subscribedFields.length > 0;
  return subscribed ? null : `${account.name} is not subscribed to ${field ?? list}`;
}

/** Which `subscribed_apps` field lets an event through; null for those that any does. */
function fieldOf(kind: MetaAccount['kind'], element: Happening['element']): string | null {
  const { message } = element as { message?: { is_echo?: boolean } };
  const page = kind === 'page';
  if (message) return page && message.is_echo ? 'message_echoes' : 'messages';
  if (element.delivery) return 'message_deliveries';
  if (element.read) return page ? 'message_reads' : 'messaging_seen';
  if (element.reaction) return 'message_reactions';
  if (element.postback) return 'messaging_postbacks';
  if (element.message_edit) return page ? 'message_edits' : 'message_edit';
  return null;
}
