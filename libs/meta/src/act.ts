import { ConnectorError, type Action, type Moderation } from '#libs/connector';
import { instagramReactions, messengerReactions } from './capabilities.js';
import { callGraph, type GraphCall } from './graph.js';
import type { JsonObject } from './json.js';
import type { Line } from './line.js';

type React = Extract<Action, { kind: 'react' }>;

/** Reactions, signs of life, moderation of comments, and taking a chat over. All of it may be said twice. */
export async function act(action: Action, line: Line): Promise<void> {
  if (action.kind === 'react') return call(line, messages(line, { recipient: { id: action.customer.id }, ...reaction(action, line) }));
  if (action.kind === 'seen') return signOfLife(line, action.customer.id, 'mark_seen');
  if (action.kind === 'typing') return signOfLife(line, action.customer.id, action.on ? 'typing_on' : 'typing_off');
  if (action.kind === 'take-over') return takeOver(line, action.customer.id);
  return moderate(line, action.of, action.moderation);
}

function reaction({ of, emoji }: React, { platform }: Line): JsonObject {
  if (emoji === null) return { sender_action: 'unreact', payload: { message_id: of } };
  const names = platform === 'messenger' ? messengerReactions : instagramReactions;
  const name = Object.entries(names).find(([known]) => plain(known) === plain(emoji))?.[1];
  if (!name) throw new ConnectorError('rejected', `There is no such reaction; there are ${Object.keys(names).join(' ')}`);
  return { sender_action: 'react', payload: { message_id: of, reaction: name } };
}

/** The same emoji is written with and without the sign that asks for its coloured form. */
const plain = (emoji: string) => emoji.replaceAll('\ufe0f', '');

/** Not all accounts may do this, nor is it known for all of Instagram: where Meta refuses, nothing is lost. */
async function signOfLife(line: Line, id: string, sender_action: string): Promise<void> {
  try {
    await call(line, messages(line, { recipient: { id }, sender_action }));
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'rejected') throw error;
  }
}

const takeOver = (line: Line, id: string) =>
  call(line, { method: 'POST', path: `${line.node}/take_thread_control`, body: { recipient: { id } } });

async function moderate(line: Line, comment: string, moderation: Moderation): Promise<void> {
  try {
    await call(line, moderationCall(encodeURIComponent(comment), moderation, line));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (moderation === 'delete' && error.code === '100/33') return;
    throw error.code === '200' ? notForThis(error) : error;
  }
}

/** Under this code Meta also says that this very comment, e.g. the account's own, cannot be hidden or liked. */
const notForThis = ({ message, code, cause }: ConnectorError) =>
  new ConnectorError('rejected', `Meta does not allow this for this comment. ${message}`, {
    ...{ code, cause },
    action: 'If it happens with all comments, ask an admin to check the channel’s permissions.',
  });

/** `is_hidden` stands for itself in the body: below `data` it is taken and does nothing. Instagram's pages show `hide` in the address. */
function moderationCall(path: string, moderation: Moderation, { platform }: Line): GraphCall {
  if (moderation === 'delete') return { method: 'DELETE', path };
  if (moderation === 'like' || moderation === 'unlike') return { method: moderation === 'like' ? 'POST' : 'DELETE', path: `${path}/likes` };
  const hidden = moderation === 'hide';
  return platform === 'messenger'
    ? { method: 'POST', path, body: { is_hidden: hidden } }
    : { method: 'POST', path, query: { hide: String(hidden) } };
}

const messages = ({ node }: Line, body: JsonObject): GraphCall => ({ method: 'POST', path: `${node}/messages`, body });

/** What Meta neither did nor refused, it says with `success: false`. */
async function call({ access }: Line, what: GraphCall): Promise<void> {
  const { body } = await callGraph(access, what);
  if (body.success === false) throw new ConnectorError('rejected', 'Meta did not do it, and gave no reason.');
}
