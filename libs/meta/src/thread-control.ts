import { type ControlEvent, type IgnoredEvent } from '#libs/connector';
import { asId, type JsonObject } from './json.js';
import { idOf, ignored, momentOf, type Told } from './meta-event.js';

/** Meta's own inboxes, by app id (Conversation Routing). */
const apps: Record<string, string> = { '263902037430900': 'Meta Business Suite', '1217981644879628': 'Instagram inbox' };

/** What to call an app that is not ours. */
export const nameOfApp = (appId: string): string => apps[appId] ?? 'another app';

/** A chat went over to an app, or to nobody: then whoever it is routed to by default, us included, may answer. */
export function readControl(told: Told, element: JsonObject, control: JsonObject): ControlEvent | IgnoredEvent {
  const owner = asId(control.new_owner_app_id);
  const customerId = [element.sender, element.recipient].map(idOf).find((id) => id !== undefined && id !== told.account);
  if (!customerId) return ignored('A chat changed hands, but Meta did not say which one.');
  const holder = owner === undefined || told.ownApps.includes(owner) ? null : nameOfApp(owner);
  return { type: 'control', threadKey: `dm:${customerId}`, holder, at: momentOf(element.timestamp) ?? told.at };
}

/** Events come as `standby` while another app holds the chat; only an echo tells which. */
export function heldElsewhere(told: Told, element: JsonObject, message: JsonObject | undefined): ControlEvent[] {
  const echo = message?.is_echo === true;
  const app = echo ? asId(message.app_id) : undefined;
  const customerId = idOf(echo ? element.recipient : element.sender);
  if (!customerId || customerId === told.account || (app !== undefined && told.ownApps.includes(app))) return [];
  const holder = app === undefined ? 'another app' : nameOfApp(app);
  return [{ type: 'control', threadKey: `dm:${customerId}`, holder, at: momentOf(element.timestamp) ?? told.at }];
}
