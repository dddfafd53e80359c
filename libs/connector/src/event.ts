import type { ConversationKind } from './channel.js';
import type { Content } from './source.js';

/** Someone as a platform knows them. `scope` says within what the id is unique: `email`, or a Page's or account's own ids. */
export interface Person {
  scope: string;
  id: string;
  name: string | null;
}

/** A key under which a message may be found again, and the rule that made it, e.g. `in-reply-to`. */
export interface ThreadKey {
  rule: string;
  key: string;
}

/** A file that lies at the platform. `keep`: it may be copied here; else it may only be shown for as long as its address lives. */
export interface LinkedFile {
  filename: string;
  /** As far as it can be told beforehand, e.g. `image/*`; `image/*, video/*` where it is one of both. */
  contentType: string;
  url: string;
  keep: boolean;
}

export interface ParsedAttachment {
  filename: string;
  contentType: string;
  contentId: string | null;
  inline: boolean;
  content: Content;
}

/** Something that came beside the text and is no file of the sender's: what they shared, answered to, tapped, or came from. */
export interface Card {
  kind:
    | 'story-reply'
    | 'story-mention'
    | 'mention'
    | 'post'
    | 'reel'
    | 'link'
    | 'ad'
    | 'referral'
    | 'product'
    | 'location'
    | 'button'
    | 'template'
    | 'view-once'
    | 'unsupported';
  title: string | null;
  /** An address that lasts; null where the platform gives none. */
  url: string | null;
  /** What else an agent may want to know, by words an agent understands, e.g. `Ad id`. */
  facts: Record<string, string>;
}

/** A public post, ad or broadcast of the account, as far as it is known; null for what was not told. */
export interface Post {
  id: string;
  permalink: string | null;
  text: string | null;
  /** The address of its picture, which may run out. */
  pictureUrl: string | null;
  adId: string | null;
  adTitle: string | null;
  /** Whether it is an ad, also where its id is not told. */
  isAd: boolean;
  isLive: boolean;
  publishedAt: Date | null;
}

/** A mail inside of a mail. `envelope` is what an answer to its author needs, `ownKeys` how later mails may refer to it. */
export interface ForwardedMail {
  author: Person;
  subject: string | null;
  comment: string;
  text: string;
  envelope: Record<string, unknown>;
  ownKeys: string[];
}

/** What decides beside its keys where a mail belongs. Chats need none of this: there the platform names the conversation. */
export interface Correspondence {
  /** The subject without prefixes and tags, in lower case; empty when there is none. */
  baseSubject: string;
  /** Whether it says or shows that it answers something: a reply prefix, or quoted history. */
  isReply: boolean;
  /** Whether the receiving server found that it comes from whom it says (DMARC, RFC 8601 §2.7). */
  authenticated: boolean;
  /** Everybody it names beside our own address: they may go on with the conversation. */
  participants: Person[];
  /** The mail a colleague passed on by hand, if it is one: its author is the customer then, and `comment` what the colleague wrote above. */
  forwarded: ForwardedMail | null;
  /** An answer to a conversation closed longer than this many days opens a new one. */
  reopenDays: number;
  /** Join by subject and sender within so many days where no id is known; 0 for never. */
  subjectDays: number;
}

/** A message somebody wrote: a customer (`inbound`), or our side by another road (`outbound`: an echo, the Sent folder). */
export interface MessageEvent {
  type: 'message';
  direction: 'inbound' | 'outbound';
  kind: ConversationKind;
  /** Unique within the channel: two events with the same id are the same message. */
  externalId: string;
  /** Whose conversation this is: the author of an inbound message, the recipient of an outbound one. */
  customer: Person;
  /** Keys to look for, most trusted first: the first known one decides the conversation. */
  threadKeys: ThreadKey[];
  /** Keys by which later messages may refer to this one; stored with the conversation. */
  ownKeys: string[];
  subject: string | null;
  text: string;
  html: string | null;
  quotedText: string | null;
  sentAt: Date;
  /** `sentAt` is when the platform told of it, which may be later, and in another order. */
  roughTime?: boolean;
  attachments: ParsedAttachment[];
  /** What the connector will need to answer this message; kept with it and handed back to `prepare`. */
  envelope: Record<string, unknown>;
  /** False for auto-replies, bounces, lists and the like: stored, but they reopen nothing and set no one waiting. */
  human: boolean;
  /** On an echo of our own send where the platform returns it: the delivery's id. */
  deliveryId?: string;
  /** Absent where the platform itself says which conversation it is. */
  correspondence?: Correspondence;
  /** Something an agent should know before trusting it, as a sentence, e.g. that it lay in the junk folder. */
  warning?: string;
  /** Set when only part of it was taken in: {@link Connector.original} gives the rest. */
  partial?: boolean;
  /** The text of the automatic answer that the channel gives to a new conversation, unless a rule against loops forbids it. */
  autoAnswer?: string;
  /** The {@link externalId} of the message it answers, which may come later. */
  replyTo?: string;
  /** Files of the sender's that the platform gave only addresses of. */
  linked?: LinkedFile[];
  cards?: Card[];
  /** Of a comment: what it stands under. */
  post?: Post;
  /** Of our side's message by another road: who or what sent it, e.g. `Meta Business Suite`; null when it is not told. */
  sentBy?: string | null;
  /**
   * The platform may hand the same thing over under several ids: of messages with the same `of` from different `place`s within
   * `withinMs` the first stands for all. It never stands for one that names it, by any of its ids, in `apart`.
   */
  copy?: { of: string; place: string; withinMs: number; apart?: string[] };
  /** False for what the customer did without a word, such as coming from an ad: it counts as their doing, not as a message. */
  spoken?: false;
}

/**
 * What becomes of a message afterwards. Of several edits the highest `version` holds, then the latest; null is what it said, by
 * whatever version, when the platform was asked: that holds over all edits of before. A withdrawal is for ever.
 */
export type MessageChange =
  | { kind: 'edit'; text: string; version: number | null }
  /** Taken back by its author, or removed: what it said has to go here too. */
  | { kind: 'withdraw' }
  /** `by` is null for our side; a null `emoji` takes the reaction back. */
  | { kind: 'reaction'; by: Person | null; emoji: string | null }
  | { kind: 'hide'; hidden: boolean }
  | { kind: 'like'; liked: boolean };

/** A change to a message that is here or has yet to come: whatever the order, all changes together give the same. */
export interface ChangeEvent {
  type: 'change';
  /** The message's {@link MessageEvent.externalId}. */
  of: string;
  /** The same for the same change handed over twice, different for different changes of the channel. */
  key: string;
  at: Date;
  change: MessageChange;
}

/** Who may answer a chat at the platform: another app (`holder` names it, as far as it is told), or nobody but us (null). */
export interface ControlEvent {
  type: 'control';
  /** The chat, as {@link MessageEvent.ownKeys} has it. */
  threadKey: string;
  holder: string | null;
  at: Date;
}

/** Something new about a post that conversations may hang under. */
export interface PostEvent {
  type: 'post';
  post: Pick<Post, 'id'> & Partial<Post>;
  /** Whether it is gone. */
  removed: boolean;
  at: Date;
}

/** What became of a reply of ours, as the platform tells afterwards: a bounce, a delivery or read receipt. */
export interface ReceiptEvent {
  type: 'receipt';
  /** The reply's {@link MessageEvent.externalId}; or all that went to somebody until a moment of the platform's clock. The reply may yet have to be named so. */
  of: string | { threadKey: string; until: Date };
  /** With an id: whether what went before it in the same conversation shares its state. */
  andEarlier?: boolean;
  state: 'delivered' | 'read' | 'delayed' | 'failed';
  /** The recipient it speaks of; null for all of them. */
  recipient: string | null;
  at: Date;
  /** In plain words, for `delayed` and `failed`. `addressIsDead`: no mail will ever arrive there. */
  error: { code: string | null; message: string; action: string | null; addressIsDead: boolean } | null;
}

/** Understood, and nothing to show for it. */
export interface IgnoredEvent {
  type: 'ignored';
  reason: string;
}

export type InboundEvent = MessageEvent | ChangeEvent | ReceiptEvent | ControlEvent | PostEvent | IgnoredEvent;
