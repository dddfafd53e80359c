import type { Connector, WebhookSource } from '#libs/connector';
import { act } from './act.js';
import { instagramChats, instagramComments } from './capabilities.js';
import { checkInstagramLogin, checkInstagramOnPage } from './check.js';
import { prepareReply } from './envelope.js';
import { findReply } from './find.js';
import { instagramLine } from './line.js';
import type { MetaOptions } from './options.js';
import { parseMeta } from './parse.js';
import { replyWindow } from './reply-window.js';
import { sendReply } from './send.js';
import { InstagramSettings } from './settings.js';
import { splitReply } from './split-reply.js';
import { whoIs } from './who-is.js';

/** Direct messages of an Instagram professional account, connected by either of Meta's two roads. */
export function instagramConnector(options: MetaOptions, source: WebhookSource): Connector<InstagramSettings> {
  return {
    type: 'instagram',
    label: 'Instagram',
    rawExtension: 'json',
    kinds: ['dm', 'comment'],
    settings: InstagramSettings,
    capabilities: instagramChats,
    publicCapabilities: instagramComments,
    asksAddress: false,
    account: ({ settings }) => ({ externalId: settings.accountId, address: settings.accountId }),
    check: (_account, settings) =>
      settings.via === 'facebook'
        ? checkInstagramOnPage(instagramLine(options, settings))
        : checkInstagramLogin(instagramLine(options, settings)),
    source,
    parse: (event, channel) => parseMeta('instagram', options, event, channel),
    whoIs: (person, { settings }) => whoIs(instagramLine(options, settings), person.id),
    replyWindow: (facts, now, reply) => replyWindow('instagram', facts, now, reply),
    split: (reply) => splitReply(reply, 'instagram'),
    prepare: prepareReply,
    send: (outgoing, { settings }) => sendReply(outgoing, instagramLine(options, settings)),
    find: (outgoing, { settings }, since) => findReply(outgoing, instagramLine(options, settings), since),
    act: (action, { settings }) => act(action, instagramLine(options, settings)),
  };
}
