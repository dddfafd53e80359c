import type { Connector, WebhookSource } from '#libs/connector';
import { auditInstagram } from './audit.js';
import { act } from './act.js';
import { briefly, instagramChats, instagramComments } from './capabilities.js';
import { checkAccount } from './check.js';
import { prepareReply } from './envelope.js';
import { findReply } from './find.js';
import { instagramLine } from './line.js';
import type { MetaOptions } from './options.js';
import { parseMeta } from './parse.js';
import { postOf } from './post-of.js';
import { refreshed, refreshIsDue } from './refresh.js';
import { replyWindow } from './reply-window.js';
import { sendReply } from './send.js';
import { InstagramSettings } from './settings.js';
import { instagramSignIn } from './sign-in.js';
import { splitReply } from './split-reply.js';
import { unsubscribe } from './subscription.js';
import { timeOf } from './time-of.js';
import { Caretaker } from './upkeep.js';
import { whoIs } from './who-is.js';

/** Direct messages and comments of an Instagram professional account, connected by either of Meta's two roads. */
export function instagramConnector(options: MetaOptions, source: WebhookSource): Connector<InstagramSettings> {
  const caretaker = new Caretaker(options);
  return {
    type: 'instagram',
    label: 'Instagram',
    rawExtension: 'json',
    kinds: ['dm', 'comment'],
    settings: InstagramSettings,
    capabilities: instagramChats,
    publicCapabilities: instagramComments,
    asksAddress: false,
    account: ({ settings }) => ({
      externalId: settings.accountId,
      address: settings.username ? `@${settings.username}` : settings.accountId,
      // One of Meta's pages says that events of an account which hangs on a Page are named by the Page.
      ...(settings.linkedPage && { alias: settings.linkedPage }),
    }),
    check: (_account, settings) => checkAccount(options, instagramLine(options, settings), settings),
    source,
    parse: (event, channel) => parseMeta('instagram', options, event, channel),
    audit: (context) => auditInstagram(context, instagramLine(options, context.channel.settings)),
    whoIs: (person, { settings }) => whoIs(instagramLine(options, settings), person),
    postOf: (postId, { settings }) => postOf(instagramLine(options, settings), postId),
    timeOf: (id, { settings }) => timeOf(instagramLine(options, settings), id),
    replyWindow: (facts, now, reply) => replyWindow('instagram', facts, now, reply),
    split: (reply) => splitReply(reply, 'instagram'),
    prepare: prepareReply,
    send: (outgoing, { settings }) => sendReply(outgoing, instagramLine(options, settings)),
    patience: briefly,
    find: (outgoing, { settings }, since) => findReply(outgoing, instagramLine(options, settings), since),
    act: (action, { settings }) => act(action, instagramLine(options, settings)),
    signIn: instagramSignIn(options),
    upkeep: ({ settings }) => caretaker.upkeep(instagramLine(options, settings), settings),
    grantedBy: ({ grantedBy }) => grantedBy ?? null,
    refreshDue: refreshIsDue,
    refresh: (settings, now) => refreshed(options, settings, now),
    leave: ({ settings }) => unsubscribe(instagramLine(options, settings)),
  };
}
