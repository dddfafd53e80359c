import type { Capabilities, Connector, WebhookSource } from '#libs/connector';
import { checkInstagramLogin, checkInstagramOnPage } from './check.js';
import { findDirect } from './find.js';
import { instagramLine } from './line.js';
import type { MetaOptions } from './options.js';
import { parseMeta } from './parse.js';
import { replyWindow } from './reply-window.js';
import { prepareDirect, sendDirect } from './send.js';
import { InstagramSettings } from './settings.js';
import { whoIs } from './who-is.js';

/** Send API: 1000 bytes of UTF-8. */
const capabilities: Capabilities = {
  html: false,
  subject: false,
  cc: false,
  attachments: false,
  maxLength: 1000,
  lengthUnit: 'bytes',
  splits: false,
  fileTypes: [],
  maxFileBytes: null,
  reactions: [],
  typing: false,
  moderation: [],
};

/** Direct messages of an Instagram professional account, connected by either of Meta's two roads. */
export function instagramConnector(options: MetaOptions, source: WebhookSource): Connector<InstagramSettings> {
  return {
    type: 'instagram',
    label: 'Instagram',
    rawExtension: 'json',
    kinds: ['dm'],
    settings: InstagramSettings,
    capabilities,
    asksAddress: false,
    account: ({ settings }) => ({ externalId: settings.accountId, address: settings.accountId }),
    check: (_account, settings) =>
      settings.via === 'facebook'
        ? checkInstagramOnPage(instagramLine(options, settings))
        : checkInstagramLogin(instagramLine(options, settings)),
    source,
    parse: (event) => parseMeta('instagram', options.appId, event),
    whoIs: (person, { settings }) => whoIs(instagramLine(options, settings), person.id),
    replyWindow,
    prepare: (draft) => prepareDirect(draft, capabilities),
    send: (outgoing, { settings }) => sendDirect(outgoing, instagramLine(options, settings)),
    find: (outgoing, { settings }, since) => findDirect(outgoing, instagramLine(options, settings), since),
  };
}
