import type { Capabilities, Connector, WebhookSource } from '#libs/connector';
import { checkPage } from './check.js';
import { findDirect } from './find.js';
import { pageLine } from './line.js';
import type { MetaOptions } from './options.js';
import { parseMeta } from './parse.js';
import { replyWindow } from './reply-window.js';
import { prepareDirect, sendDirect } from './send.js';
import { FacebookSettings } from './settings.js';
import { whoIs } from './who-is.js';

/** Send API: 2000 characters of text. */
const capabilities: Capabilities = {
  html: false,
  subject: false,
  cc: false,
  attachments: false,
  maxLength: 2000,
  lengthUnit: 'characters',
  splits: false,
  fileTypes: [],
  maxFileBytes: null,
  reactions: [],
  typing: false,
  moderation: [],
};

/** Messenger chats of a Facebook Page. */
export function facebookConnector(options: MetaOptions, source: WebhookSource): Connector<FacebookSettings> {
  return {
    type: 'facebook',
    label: 'Facebook Page',
    rawExtension: 'json',
    kinds: ['dm'],
    settings: FacebookSettings,
    capabilities,
    asksAddress: false,
    account: ({ settings }) => ({ externalId: settings.pageId, address: settings.pageId }),
    check: (_account, settings) => checkPage(pageLine(options, settings)),
    source,
    parse: (event) => parseMeta('facebook', options.appId, event),
    whoIs: (person, { settings }) => whoIs(pageLine(options, settings), person.id),
    replyWindow,
    prepare: (draft) => prepareDirect(draft, capabilities),
    send: (outgoing, { settings }) => sendDirect(outgoing, pageLine(options, settings)),
    find: (outgoing, { settings }, since) => findDirect(outgoing, pageLine(options, settings), since),
  };
}
