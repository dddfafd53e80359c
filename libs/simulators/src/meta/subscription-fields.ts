import type { EventElement, EventList } from './core.js';
import { GraphError } from './graph-error.js';
import type { MetaAccount } from './world.js';

type Kind = MetaAccount['kind'];

const listed = (text: string) => text.split(' ');

/** What can be subscribed to, by webhook object. */
const fieldsOf: Record<Kind, string[]> = {
  page: listed(
    'feed mention messages message_echoes message_edits message_deliveries message_reads message_reactions message_context messaging_postbacks messaging_referrals messaging_optins messaging_optouts messaging_handovers messaging_policy_enforcement messaging_integrity messaging_account_linking standby inbox_labels live_videos ratings conversations',
  ),
  instagram: listed(
    'comments live_comments mentions messages message_edit message_reactions messaging_postbacks messaging_referral messaging_seen messaging_handover messaging_optins standby story_insights story_reactions share_to_story follow',
  ),
};

/** Reads a list of field names. Throws error 100 with Meta's own list for one that does not exist: twins of the other object are such. */
export function readFields(wanted: unknown, kind: Kind, parameter: string): string[] {
  const fields = (Array.isArray(wanted) ? wanted.map(String) : String(wanted ?? '').split(',')).map((field) => field.trim());
  const wrong = fields.findIndex((field) => !fieldsOf[kind].includes(field));
  if (wrong < 0) return fields;
  throw new GraphError(100, `Param ${parameter}[${wrong}] must be one of {${fieldsOf[kind].join(', ').toUpperCase()}}`);
}

/** Which fields an event needs; empty where any does. */
export function fieldsFor(kind: Kind, element: EventElement, list: EventList): string[] {
  if (list === 'changes') return typeof element.field === 'string' ? [element.field] : [];
  const own = fieldOf(kind === 'page', element);
  return [...(list === 'standby' ? ['standby'] : []), ...(own ? [own] : [])];
}

function fieldOf(page: boolean, element: EventElement): string | null {
  const { message } = element as { message?: { is_echo?: boolean } };
  if (message) return page && message.is_echo ? 'message_echoes' : 'messages';
  if (element.delivery) return 'message_deliveries';
  if (element.read) return page ? 'message_reads' : 'messaging_seen';
  if (element.reaction) return 'message_reactions';
  if (element.postback) return 'messaging_postbacks';
  if (element.message_edit) return page ? 'message_edits' : 'message_edit';
  if (element.referral) return page ? 'messaging_referrals' : 'messaging_referral';
  if (element.optin) return 'messaging_optins';
  if (element.policy_enforcement) return 'messaging_policy_enforcement';
  if (element.account_linking) return 'messaging_account_linking';
  const control = ['pass_thread_control', 'take_thread_control', 'request_thread_control', 'app_roles'].some((key) => element[key]);
  return control ? (page ? 'messaging_handovers' : 'messaging_handover') : null;
}
