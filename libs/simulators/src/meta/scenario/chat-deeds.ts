import type { EventElement } from '../core.js';
import type { Cast } from './cast.js';
import { deed } from './deed.js';
import { flag, list, object, oneOf, optional, orNull, text } from './reading.js';

/** Whose chat with which account. */
const chat = { account: text, from: text };
const sides = (cast: Cast, { account, from }: { account: string; from: string }) =>
  [cast.account(account), cast.platform.customer(from)] as const;

/** What people do in their chats with a business. Those that bring a message return its id. */
export const chatDeeds = {
  write: deed({ ...chat, text, replyTo: optional(text), standby: optional(flag) }, (cast, { text, standby, replyTo, ...given }) =>
    cast.platform.customerWrites(...sides(cast, given), text, { standby, replyTo: replyTo && cast.id(replyTo) }),
  ),
  send: deed({ ...chat, content: object, standby: optional(flag) }, (cast, { content, standby, ...given }) =>
    cast.platform.customerSends(...sides(cast, given), content as EventElement, { standby }),
  ),
  files: deed(
    { ...chat, kinds: list(oneOf(['image', 'video', 'audio', 'file'])), text: optional(text) },
    (cast, { kinds, text, ...given }) =>
      cast.platform.customerSendsFiles(
        ...sides(cast, given),
        kinds.map((kind) => ({ kind })),
        text,
      ),
  ),
  story: deed({ ...chat, how: oneOf(['reply', 'mention']), text: optional(text) }, (cast, { how, text, ...given }) =>
    cast.platform.customerOnStory(...sides(cast, given), how, text),
  ),
  tap: deed({ ...chat, title: text, payload: text }, (cast, { title, payload, ...given }) =>
    cast.platform.customerTaps(...sides(cast, given), { title, payload }),
  ),
  arrive: deed({ ...chat, referral: object }, (cast, { referral, ...given }) =>
    cast.platform.customerArrives(...sides(cast, given), referral as EventElement),
  ),
  react: deed({ ...chat, of: text, emoji: orNull(text) }, (cast, { of, emoji, ...given }) =>
    cast.platform.customerReacts(...sides(cast, given), cast.id(of), emoji),
  ),
  edit: deed({ ...chat, of: text, text }, (cast, { of, text, ...given }) =>
    cast.platform.customerEdits(...sides(cast, given), cast.id(of), text),
  ),
  unsend: deed({ ...chat, of: text }, (cast, { of, ...given }) => cast.platform.customerUnsends(...sides(cast, given), cast.id(of))),
  read: deed(chat, (cast, given) => cast.platform.customerReads(...sides(cast, given))),
  block: deed({ ...chat, how: optional(orNull(oneOf(['blocked', 'muted', 'deleted']))) }, (cast, { how, ...given }) =>
    cast.platform.customerBlocks(...sides(cast, given), how),
  ),
  nativeReply: deed({ ...chat, text }, (cast, { text, ...given }) => cast.platform.nativeReply(...sides(cast, given), text)),
  otherAppReply: deed({ ...chat, text, appId: optional(text) }, (cast, { text, appId, ...given }) =>
    cast.platform.otherAppReplies(...sides(cast, given), text, appId),
  ),
  defaultApp: deed({ account: text, appId: orNull(text) }, (cast, { account, appId }) =>
    cast.platform.setDefaultApp(cast.account(account), appId),
  ),
  threadGoes: deed(
    { ...chat, how: oneOf(['taken', 'passed', 'released', 'requested']), appId: optional(text) },
    (cast, { how, appId, ...given }) => cast.platform.threadGoes(...sides(cast, given), how, appId),
  ),
};
