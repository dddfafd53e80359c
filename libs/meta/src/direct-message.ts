import { MalformedPayload, type Card, type MessageEvent } from '#libs/connector';
import { attachmentsOf, facts, pictureOrVideo, type Beside } from './attachments.js';
import { chatCopy } from './chat-copy.js';
import { markedDelivery } from './echo-mark.js';
import { asId, asObject, asText, type JsonObject } from './json.js';
import { chatPartner, idOf, ignored, momentOf, type Told } from './meta-event.js';
import { referralCard } from './referral-card.js';
import { nameOfApp } from './thread-control.js';
import { webAddress } from './web-address.js';

/** What Messenger or Instagram tell of one private message: a customer's, or an echo of one that our side sent. */
export function readMessage(told: Told, element: JsonObject, message: JsonObject) {
  const outbound = message.is_echo === true;
  const customerId = idOf(outbound ? element.recipient : element.sender);
  if (message.is_self === true || customerId === told.account) return ignored('A message that the account wrote to itself.');
  const mid = asText(message.mid);
  if (!mid) throw new MalformedPayload('a message without mid');
  if (!customerId) throw new MalformedPayload(`a message without the id of its ${outbound ? 'recipient' : 'sender'}`);
  const said: MessageEvent = {
    ...directMessage(told, customerId, mid, momentOf(element.timestamp)),
    text: asText(message.text) ?? '',
    ...withoutBlanks(besideOf(told, message), asText(message.text)),
    ...(outbound ? sentByUs(told, message) : { direction: 'inbound' as const }),
    ...answering(message),
  };
  return { ...said, ...chatCopy(said, 'pushed') };
}

/** A tap on a button, an ice breaker or "Get started": its title is what the customer said. To all but the app that holds the chat, the payload is withheld. */
export function readPostback(told: Told, element: JsonObject, postback: JsonObject): MessageEvent {
  const customerId = idOf(element.sender);
  if (!customerId) throw new MalformedPayload('a postback without the id of its sender');
  const title = asText(postback.title) ?? null;
  const button: Card = { kind: 'button', title, url: null, facts: facts({ 'Button value': postback.payload }) };
  const referral = asObject(postback.referral);
  const said: MessageEvent = {
    ...directMessage(told, customerId, asText(postback.mid) ?? `postback:${told.key}`, momentOf(element.timestamp)),
    text: title ?? '',
    cards: [button, ...(referral ? [referralCard(referral)] : [])],
  };
  return { ...said, ...chatCopy(said, 'pushed') };
}

/** A customer with whom we have a chat came in by a link or an ad, and has not said anything. */
export function readReferral(told: Told, element: JsonObject, referral: JsonObject): MessageEvent {
  const customerId = idOf(element.sender);
  if (!customerId) throw new MalformedPayload('a referral without the id of its sender');
  const at = momentOf(element.timestamp);
  return {
    ...directMessage(told, customerId, `referral:${customerId}:${at?.getTime() ?? told.key}`, at),
    cards: [referralCard(referral)],
    spoken: false,
  };
}

/** A message of a private chat, still without anything in it. */
export function directMessage(
  told: Pick<Told, 'connector' | 'account' | 'at'>,
  customerId: string,
  externalId: string,
  sentAt?: Date,
): MessageEvent {
  const thread = `dm:${customerId}`;
  return {
    type: 'message',
    direction: 'inbound',
    kind: 'dm',
    externalId,
    customer: chatPartner(told, customerId),
    threadKeys: [{ rule: 'dm-thread', key: thread }],
    ownKeys: [thread],
    subject: null,
    text: '',
    html: null,
    quotedText: null,
    sentAt: sentAt ?? told.at,
    attachments: [],
    envelope: {},
    human: true,
  };
}

/** Meta's terms forbid to store what people send on Instagram. */
export const mayKeep = ({ connector }: Pick<Told, 'connector'>) => connector === 'facebook';

/** Where nothing at all is left to show, it is said that there was something. */
export function withoutBlanks({ linked, cards }: Beside, text: string | undefined): Partial<Beside> {
  if (!text && !linked.length && !cards.length) return { cards: [nothingToShow] };
  return { ...(linked.length && { linked }), ...(cards.length && { cards }) };
}

const nothingToShow: Card = { kind: 'unsupported', title: null, url: null, facts: {} };

function besideOf(told: Told, message: JsonObject): Beside {
  const { linked, cards } = attachmentsOf(message, mayKeep(told));
  const story = storyReply(asObject(asObject(message.reply_to)?.story));
  const tap = asObject(message.quick_reply);
  const referral = asObject(message.referral);
  const flagged = message.is_unsupported === true && !linked.length && !cards.length;
  return {
    linked: [...story.linked, ...linked],
    cards: [
      ...story.cards,
      ...cards,
      ...(tap
        ? [{ kind: 'button' as const, title: asText(message.text) ?? null, url: null, facts: facts({ 'Button value': tap.payload }) }]
        : []),
      ...(referral ? [referralCard(referral)] : []),
      ...(flagged ? [nothingToShow] : []),
    ],
  };
}

/** The story of ours that was answered. Its address lives for a day at most, as the story does, and may not be copied. */
export function storyReply(story: JsonObject | undefined): Beside {
  if (!story) return { linked: [], cards: [] };
  const url = webAddress(story.url) ?? webAddress(story.link);
  const file = { filename: 'the story it answers', contentType: pictureOrVideo, keep: false };
  return {
    linked: url ? [{ ...file, url }] : [],
    cards: [{ kind: 'story-reply', title: null, url: null, facts: facts({ 'Story id': story.id }) }],
  };
}

function answering(message: JsonObject): { replyTo?: string } {
  const replyTo = asText(asObject(message.reply_to)?.mid);
  return replyTo === undefined ? {} : { replyTo };
}

/** Metadata is anybody's to set, so an echo of another app never counts as ours. Echoes on Instagram tell neither app nor metadata. */
function sentByUs({ ownApps }: Told, { app_id, metadata }: JsonObject): Pick<MessageEvent, 'direction' | 'deliveryId' | 'sentBy'> {
  const app = asId(app_id);
  const foreign = app !== undefined && ownApps.length > 0 && !ownApps.includes(app);
  const deliveryId = foreign ? undefined : markedDelivery(metadata);
  if (deliveryId) return { direction: 'outbound', deliveryId };
  return { direction: 'outbound', sentBy: app === undefined || ownApps.includes(app) ? null : nameOfApp(app) };
}
