import type { Connector, WebhookSource } from '#libs/connector';
import { auditPage } from './audit.js';
import { act } from './act.js';
import { briefly, messengerChats, pageComments } from './capabilities.js';
import { checkAccount } from './check.js';
import { prepareReply } from './envelope.js';
import { findReply } from './find.js';
import { pageLine } from './line.js';
import type { MetaOptions } from './options.js';
import { parseMeta } from './parse.js';
import { postOf } from './post-of.js';
import { replyWindow } from './reply-window.js';
import { sendReply } from './send.js';
import { FacebookSettings } from './settings.js';
import { pageSignIn } from './sign-in.js';
import { splitReply } from './split-reply.js';
import { unsubscribe } from './subscription.js';
import { Caretaker } from './upkeep.js';
import { whoIs } from './who-is.js';

/** Messenger chats and comments of a Facebook Page. */
export function facebookConnector(options: MetaOptions, source: WebhookSource): Connector<FacebookSettings> {
  const caretaker = new Caretaker(options);
  return {
    type: 'facebook',
    label: 'Facebook Page',
    rawExtension: 'json',
    kinds: ['dm', 'comment'],
    settings: FacebookSettings,
    capabilities: messengerChats,
    publicCapabilities: pageComments,
    asksAddress: false,
    account: ({ settings }) => ({ externalId: settings.pageId, address: settings.pageId }),
    check: (_account, settings) => checkAccount(options, pageLine(options, settings)),
    source,
    parse: (event, channel) => parseMeta('facebook', options, event, channel),
    audit: (context) => auditPage(context, pageLine(options, context.channel.settings)),
    whoIs: (person, { settings }) => whoIs(pageLine(options, settings), person),
    postOf: (postId, { settings }) => postOf(pageLine(options, settings), postId),
    replyWindow: (facts, now, reply) => replyWindow('messenger', facts, now, reply),
    split: (reply) => splitReply(reply, 'messenger'),
    prepare: prepareReply,
    send: (outgoing, { settings }) => sendReply(outgoing, pageLine(options, settings)),
    patience: briefly,
    find: (outgoing, { settings }, since) => findReply(outgoing, pageLine(options, settings), since),
    act: (action, { settings }) => act(action, pageLine(options, settings)),
    signIn: pageSignIn(options),
    upkeep: ({ settings }) => caretaker.upkeep(pageLine(options, settings)),
    grantedBy: ({ grantedBy }) => grantedBy ?? null,
    leave: ({ settings }) => unsubscribe(pageLine(options, settings)),
  };
}
