import { ConnectorError } from '#libs/connector';
import { callGraph } from './graph.js';
import { asId, asObject } from './json.js';
import type { Line } from './line.js';
import { eventFields, roadOf } from './permissions.js';
import { rowsOf } from './rows.js';

/**
 * Has Meta send us an account's events. Says nothing of the app's own subscription, the other of the two gates, which is made in
 * the app's dashboard. Throws {@link ConnectorError}.
 */
export async function subscribe(line: Line, scopes: string[] | null): Promise<void> {
  const query = { subscribed_fields: eventFields(roadOf(line), scopes).join(',') };
  const { body } = await callGraph(line.access, { method: 'POST', path: edge(line), query });
  if (!body.success) throw new ConnectorError('unavailable', 'Meta did not switch the account’s events on');
}

/** Which of the wanted events Meta does not send us; empty when it sends all. Meta drops a subscription after an hour in which we did not answer. */
export async function lackingEvents(line: Line, appId: string | undefined, scopes: string[] | null): Promise<string[]> {
  const { body } = await callGraph(line.access, { method: 'GET', path: edge(line) });
  const apps = rowsOf(body);
  const ours = appId ? apps.find((app) => asId(app.id) === appId) : apps[0];
  const subscribed = (Array.isArray(ours?.subscribed_fields) ? ours.subscribed_fields : []).map(nameOf);
  const wanted = eventFields(roadOf(line), scopes);
  if (roadOf(line) === 'instagram-on-page') return subscribed.length ? [] : wanted;
  return wanted.filter((field) => !subscribed.includes(field));
}

/** Has Meta send no more. */
export async function unsubscribe(line: Line): Promise<void> {
  await callGraph(line.access, { method: 'DELETE', path: edge(line) });
}

const edge = ({ node }: Line) => `${node}/subscribed_apps`;

/** A plain name; some versions give `{name, version}`. */
const nameOf = (field: unknown) => (typeof field === 'string' ? field : String(asObject(field)?.name));
