import { ConnectorError, type Outgoing, type Sent } from '#libs/connector';
import type { PublicPlace } from './envelope.js';
import { callGraph, type GraphCall } from './graph.js';
import { asId } from './json.js';
import type { Line } from './line.js';
import { pictureForComment } from './upload.js';

/**
 * Writes under a post, for everybody to read. Nothing at Meta's side tells two equal answers apart, so it is tried once. No
 * `fields` are asked for: with them the answer is written, and then an error is returned.
 */
export async function answerPublicly(outgoing: Outgoing, to: PublicPlace, line: Line): Promise<Sent> {
  const [file] = outgoing.attachments;
  const text = outgoing.text.trim() && { message: outgoing.text };
  const call = callFor(to, { ...text, ...(file && (await pictureForComment(file, line))) }, line);
  const committing = () => outgoing.committing();
  const { body } = await callGraph(line.access, { ...call, committing }).catch(onceOnly);
  const id = asId(body.id);
  if (!id) throw new ConnectorError('unavailable', 'Meta took the answer but gave it no id', { outcome: 'unknown' });
  return { externalId: id, ownKeys: [`comment:${id}`] };
}

/** What was turned away with a 4xx is not tried again by itself, as all would see it twice if it was there after all; a limit says clearly that it is not. */
function onceOnly(error: unknown): never {
  if (!(error instanceof ConnectorError) || error.kind !== 'unavailable') throw error;
  const { message, outcome, code, cause } = error;
  const { status = 0 } = (cause ?? {}) as { status?: number };
  if (outcome === 'unknown' || status < 400 || status >= 500) throw error;
  throw new ConnectorError('rejected', message, { code, cause, action: 'Look whether it is there, then send it again.' });
}

/** Instagram's pages show these parameters in the address. */
function callFor(to: PublicPlace, words: Record<string, string>, { platform, account }: Line): GraphCall {
  if ('mentionIn' in to) {
    const where = { media_id: to.mentionIn, ...(to.comment && { comment_id: to.comment }) };
    return { method: 'POST', path: `${account}/mentions`, query: { ...where, ...words } };
  }
  const node = encodeURIComponent('comment' in to ? to.comment : to.post);
  if (platform === 'messenger') return { method: 'POST', path: `${node}/comments`, body: words };
  return { method: 'POST', path: `${node}/${'comment' in to ? 'replies' : 'comments'}`, query: words };
}
