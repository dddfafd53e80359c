import { ConnectorError, type Capabilities, type Draft, type Outgoing, type Prepared, type Sent } from '#libs/connector';
import { callGraph } from './graph.js';
import { asText, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { echoMark } from './parse.js';

/** Fixes to whom a reply goes. Throws `rejected` for a text that Meta would not take. */
export function prepareDirect(draft: Draft, { maxLength, lengthUnit }: Capabilities): Prepared {
  if (!draft.text.trim()) throw new ConnectorError('rejected', 'There is no text to send.');
  const length = lengthUnit === 'bytes' ? Buffer.byteLength(draft.text) : draft.text.length;
  if (maxLength !== null && length > maxLength) {
    const unit = lengthUnit === 'bytes' ? 'bytes (letters with accents count two or more, emoji four)' : 'characters';
    throw new ConnectorError('rejected', `The text is too long: ${length} of at most ${maxLength} ${unit}.`, {
      action: 'Shorten it or send it in parts.',
    });
  }
  return { externalId: null, envelope: { recipient: draft.customer.id }, ownKeys: [`dm:${draft.customer.id}`] };
}

/** Sends one text through the Send API. Meta has no idempotency key: whatever is unclear afterwards is `unknown`, never tried again blindly. */
export async function sendDirect(outgoing: Outgoing, line: Line): Promise<Sent> {
  if (outgoing.attachments.length)
    throw new ConnectorError('rejected', 'Attachments cannot be sent here yet.', { action: 'Send a link instead.' });
  const call = { method: 'POST', path: `${line.node}/messages`, body: sendBody(outgoing, line) } as const;
  await outgoing.committing();
  const { body } = await callGraph(line.access, call);
  const externalId = asText(body.message_id);
  if (!externalId) throw new ConnectorError('unavailable', 'Meta took the message but gave it no id', { outcome: 'unknown' });
  return { externalId };
}

/** Only Messenger hands metadata back in the echo; on Instagram the message id alone tells our echo. */
function sendBody({ deliveryId, text, envelope, windowMode }: Outgoing, { platform }: Line): JsonObject {
  const messenger = platform === 'messenger';
  const tagged = windowMode === 'human_agent' && { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  return {
    recipient: { id: envelope.recipient },
    ...(tagged || (messenger && { messaging_type: 'RESPONSE' })),
    message: { text, ...(messenger && { metadata: echoMark(deliveryId) }) },
  };
}
