import { ConnectorError, type Account, type Connector, type Patience, type ReplyWindow } from '#libs/connector';
import { isAddress } from './addresses.js';
import { audit } from './audit.js';
import { check } from './check.js';
import { choices } from './choices.js';
import { door } from './door.js';
import type { EmailOptions } from './imap.js';
import { oauth } from './oauth.js';
import { google, microsoft, type OAuthRegistration } from './oauth-providers.js';
import { original } from './original.js';
import { parse } from './parse.js';
import { prepare, suggest } from './prepare.js';
import { send } from './send.js';
import { fileSent, findSent } from './sent-folder.js';
import { EmailSettings } from './settings.js';
import { SmtpPool } from './smtp-pool.js';
import { begin, watch } from './watch.js';

const minute = 60_000;
const hour = 60 * minute;
/** Soon at first, as servers restart; then as mail servers do (RFC 5321 §4.5.4.1), and three days at most. */
const patience: Patience = {
  waits: [minute / 12, minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour, 24 * hour, 24 * hour],
  most: 72 * hour,
};

const alwaysOpen: ReplyWindow = { open: true, mode: 'standard', closesAt: null, reason: null };

/** What the environment tells the connector. */
export interface EmailModuleOptions extends EmailOptions {
  /** Where this installation is registered for sign-in; absent where it is not. */
  google?: OAuthRegistration;
  microsoft?: OAuthRegistration;
  /** `smtp://host:port` or `lmtp://host:port` where mail for our addresses is taken; absent for nowhere. */
  listen?: string;
}

/** Mail over IMAP and SMTP. Closing the pool ends the sessions that wait for the next mail. */
export function emailConnector(options: EmailModuleOptions, pool = new SmtpPool(options)): Connector<EmailSettings> {
  return {
    type: 'email',
    label: 'Email',
    rawExtension: 'eml',
    kinds: ['email'],
    settings: EmailSettings,
    capabilities: {
      ...{ html: true, subject: true, cc: true, attachments: true, maxLength: null, lengthUnit: 'characters', splits: false },
      ...{ fileTypes: [], maxFileBytes: null, reactions: [], typing: false, moderation: [] },
    },
    asksAddress: true,
    account: ({ address }) => accountOf(address),
    check: (account, settings) => check(account, settings, options),
    source: { kind: 'watch', begin: (settings, saved) => begin(settings, saved, options), watch: (context) => watch(context, options) },
    parse,
    replyWindow: () => alwaysOpen,
    suggest,
    prepare,
    send: (outgoing, channel) => send(outgoing, channel, pool),
    patience,
    find: (outgoing, channel) => findSent(outgoing, channel, options),
    afterSend: (outgoing, channel) => fileSent(outgoing, channel, options),
    choices: (settings) => choices(settings, options),
    audit: (context) => audit(context, options),
    original: (event, channel) => original(event, channel, options),
    ...oauth(
      [options.google && google(options.google), options.microsoft && microsoft(options.microsoft)].filter((one) => one !== undefined),
    ),
    ...(options.listen && { door: door(options.listen) }),
    rate: ({ sendPerMinute }) => sendPerMinute ?? null,
  };
}

function accountOf(given = ''): Account {
  const address = given.trim();
  if (isAddress(address)) return { externalId: address.toLowerCase(), address };
  throw new ConnectorError('rejected', address ? `"${address}" is not a mail address` : 'The mail address of the mailbox is missing');
}
