import { ConnectorError, type Outgoing, type Sent } from '#libs/connector';
import { answerPublicly } from './answer-publicly.js';
import { echoMark } from './echo-mark.js';
import { envelopeOf, type Envelope } from './envelope.js';
import { callGraph } from './graph.js';
import { asId, asText, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { fileForMessage } from './upload.js';

type Message = Exclude<Envelope, { mode: 'public' }>;

/** Sends one message: into a chat, privately to the author of a comment, or publicly under a post. */
export async function sendReply(outgoing: Outgoing, line: Line): Promise<Sent> {
  const envelope = envelopeOf(outgoing.envelope);
  return envelope.mode === 'public' ? answerPublicly(outgoing, envelope.to, line) : sendMessage(outgoing, envelope, line);
}

/**
 * Send API: one text or one file. Meta has no idempotency key: whatever is unclear afterwards is `unknown`, never tried again
 * blindly. What the customer cannot see, a file laid ready, goes before the commitment.
 */
async function sendMessage(outgoing: Outgoing, envelope: Message, line: Line): Promise<Sent> {
  const [file] = outgoing.attachments;
  const content = file ? { attachment: await fileForMessage(file, line) } : { text: outgoing.text };
  const body = messageBody(outgoing, envelope, content, line);
  const answer = await post(body, envelope.mode === 'private', line, () => outgoing.committing());
  const externalId = asText(answer.message_id);
  if (!externalId) throw new ConnectorError('unavailable', 'Meta took the message but gave it no id', { outcome: 'unknown' });
  return { externalId, ...(envelope.mode === 'private' && opened(asId(answer.recipient_id), line)) };
}

/** Only Messenger hands metadata back in the echo; on Instagram the message id alone tells our echo. */
function messageBody({ deliveryId, windowMode }: Outgoing, envelope: Message, content: JsonObject, { platform }: Line): JsonObject {
  const messenger = platform === 'messenger';
  const replyTo = envelope.mode === null && envelope.replyTo;
  const tagged = windowMode === 'human_agent' && { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  return {
    recipient: recipientOf(envelope),
    ...(tagged || (messenger && { messaging_type: 'RESPONSE' })),
    message: { ...content, ...(messenger && { metadata: echoMark(deliveryId) }) },
    ...(replyTo && { reply_to: { mid: replyTo } }),
  };
}

function recipientOf({ mode, to }: Message): JsonObject {
  if (mode === null) return { id: to.id };
  return 'comment' in to ? { comment_id: to.comment } : { post_id: to.post };
}

async function post(body: JsonObject, privately: boolean, line: Line, committing: () => Promise<void>): Promise<JsonObject> {
  try {
    return (await callGraph(line.access, { method: 'POST', path: `${line.node}/messages`, body, committing })).body;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.outcome === 'unknown') throw error;
    // The message answered may be gone or too old to be quoted. Refused is surely not sent, and the words count more.
    if (body.reply_to && REFUSED_ALTOGETHER.test(error.code ?? ''))
      return post({ ...body, reply_to: undefined }, privately, line, committing);
    throw explained(error, Boolean(body.tag), privately);
  }
}

/** Invalid parameter, or something that is not there, without a word on what. */
const REFUSED_ALTOGETHER = /^100(\/33)?$/;
/** What the tag may be refused with where the app has no right to it (unconfirmed). */
const TAG_REFUSED = /^(3|10|100)$/;

/** What Meta's answer means for just this call. */
function explained(error: ConnectorError, tagged: boolean, privately: boolean): ConnectorError {
  const { message, code = '', cause } = error;
  if (tagged && TAG_REFUSED.test(code))
    return new ConnectorError('rejected', `Meta did not accept an answer after 24 hours. ${message}`, {
      ...{ code, cause },
      action: 'An admin must have Meta grant the app the Human Agent feature. Until then, wait until the customer writes again.',
    });
  // Under this code Meta also turns private answers down when there were too many.
  if (privately && code.endsWith('2534013'))
    return new ConnectorError('rate-limited', `Meta takes no more private answers for now. ${message}`, { code, cause });
  if (privately && code === '100/33')
    return new ConnectorError('rejected', `The comment is no longer there. ${message}`, { code, cause, noPrivateReply: true });
  return error;
}

/** Only here are the author of a comment and the partner of a chat told to be one person. */
function opened(id: string | undefined, { platform, account }: Line): Pick<Sent, 'opened'> {
  if (!id) return {};
  const scope = `${platform === 'messenger' ? 'facebook' : 'instagram'}:${account}`;
  return { opened: { person: { scope, id, name: null }, ownKeys: [`dm:${id}`] } };
}
