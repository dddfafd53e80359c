import { ConnectorError, type ConnectorErrorKind } from '#libs/connector';
import { asObject, asText, type JsonObject } from './json.js';

/** What a Graph error means to us: what kind, what the agent reads, what a person can do. */
interface Meaning {
  kind: ConnectorErrorKind;
  says?: string;
  action?: string;
  /** The customer may have got the message although Graph answered with an error. */
  unclear?: boolean;
  waitMs?: number;
}

const HOUR = 3_600_000;
const reconnect = 'Ask an admin to reconnect this channel.';
const unclear: Meaning = {
  kind: 'unavailable',
  says: 'Meta answered with an error that leaves open whether the message was sent',
  unclear: true,
};
const closedWindow: Meaning = {
  kind: 'rejected',
  says: 'The time to answer this customer has passed',
  action: 'Wait until the customer writes again, or send again if they wrote within the last 7 days.',
};
const otherOwner: Meaning = {
  kind: 'rejected',
  says: 'Another app holds this chat',
  action: 'Answer there, or let it pass the chat on, then send again.',
};
const unreachable: Meaning = {
  kind: 'rejected',
  says: 'This customer is not receiving messages at the moment',
  action: 'Try again later or use another channel.',
};
const stranger: Meaning = { kind: 'rejected', says: 'This customer cannot be reached from this account', action: 'Use another channel.' };
const slower: Meaning = { kind: 'rate-limited', says: 'Meta asks us to slow down' };
const noPermission: Meaning = { kind: 'auth', says: 'A permission is missing', action: reconnect };
const deadToken: Meaning = { kind: 'auth', says: 'The access token is no longer valid', action: reconnect };
const paused: Meaning = {
  kind: 'rate-limited',
  says: 'Meta has paused this action for the account',
  action: 'Look into the account’s support inbox at Meta.',
  waitMs: HOUR,
};

/** By `code/subcode`, else by `code`; https://developers.facebook.com/docs/messenger-platform/error-codes. Texts are never matched: they are localised. */
const meanings: Record<string, Meaning> = {
  '1': unclear,
  '1/99': { kind: 'rejected', says: 'The app lacks a permission' },
  '1/1357046': unclear,
  '2': unclear,
  '4': slower,
  '10': noPermission,
  '10/2018065': closedWindow,
  '10/2018108': unreachable,
  '10/2018278': closedWindow,
  '10/2018300': otherOwner,
  '10/2534022': closedWindow,
  '10/2534077': {
    kind: 'auth',
    says: 'The link between Instagram, Page and person is broken',
    action: 'Link Instagram to the Page again, check two-factor sign-in, then reconnect.',
  },
  '10/1893063': {
    kind: 'rejected',
    says: 'Meta has restricted this Page from sending',
    action: 'An admin must look at the Page’s quality page at Meta.',
  },
  '17': slower,
  '20/1772107': unclear,
  '32': slower,
  '100/2018001': stranger,
  '100/2534013': {
    kind: 'auth',
    says: 'No Instagram account is linked to the Page',
    action: 'Link it in the Page’s settings, then reconnect.',
  },
  '100/2534014': stranger,
  '100/2534029': { kind: 'rejected', says: 'Meta has blocked this account from messaging on Instagram' },
  '100/2534037': otherOwner,
  '102': deadToken,
  '190': deadToken,
  '190/458': { ...deadToken, says: 'The app was removed from the account' },
  '190/459': {
    ...deadToken,
    says: 'Meta wants a security check first',
    action: 'Log in to Facebook, clear the security check, then reconnect this channel.',
  },
  '190/460': { ...deadToken, says: 'The password was changed, which ended the connection' },
  '190/463': { ...deadToken, says: 'The connection has expired' },
  '190/464': {
    ...deadToken,
    says: 'Meta wants the account confirmed first',
    action: 'Log in to Facebook, confirm the account, then reconnect this channel.',
  },
  '190/467': { ...deadToken, says: 'The session was ended by a logout' },
  '190/492': { ...deadToken, says: 'The person who connected this Page no longer has a role on it' },
  '200/1545041': unreachable,
  '200/2018027': {
    kind: 'rejected',
    says: 'The app is not yet allowed to write to the public',
    action: 'An admin must finish App Review at Meta.',
  },
  '200/2018028': {
    kind: 'rejected',
    says: 'The app is not yet allowed to write to the public',
    action: 'An admin must finish App Review at Meta.',
  },
  '200/2534041': {
    kind: 'rejected',
    says: 'The Instagram account has switched off message access',
    action: 'In the Instagram app: Settings, Messages, Connected tools, Allow access to messages.',
  },
  '230': { kind: 'rejected', says: 'This person has not agreed to be shown to us' },
  '341': paused,
  '368': paused,
  '508': { kind: 'rejected', says: 'Instagram refused the link in the text', action: 'Send it without the link.' },
  '551': unreachable,
  '613': slower,
  '1200': { kind: 'unavailable', says: 'Meta could not send the message just now' },
  '80001': slower,
  '80002': slower,
  '80006': slower,
  '2018321': { kind: 'unavailable', says: 'The customer is in an automated flow of Meta' },
};

/** Codes 200 to 299 are permissions; an unknown code is final, unless the server itself was in trouble. */
function meaningOf(code: number, subcode: number | undefined, status: number): Meaning {
  const known = meanings[`${code}/${subcode}`] ?? meanings[code];
  if (known) return known;
  if (code >= 200 && code < 300) return noPermission;
  return status >= 500 ? unclear : { kind: 'rejected' };
}

/** The {@link ConnectorError} for an answer of Graph that is not a success; undefined when the body is none of Graph's own errors. */
export function refusalIn(body: unknown, status: number, headers: Headers): ConnectorError | undefined {
  const error = asObject(asObject(body)?.error);
  if (!error) return undefined;
  const [code, subcode] = [Number(error.code), error.error_subcode === undefined ? undefined : Number(error.error_subcode)];
  const { kind, says, action, unclear, waitMs } = meaningOf(code, subcode, status);
  const words = theirWords(error);
  return new ConnectorError(kind, says ? `${says}. Meta: ${words}` : `Meta refused: ${words}`, {
    outcome: unclear ? 'unknown' : 'not-sent',
    code: [error.code, error.error_subcode].filter((part) => part !== undefined).join('/'),
    action,
    retryAfterMs: kind === 'rate-limited' ? (regainAccessMs(headers) ?? waitMs) : undefined,
  });
}

const theirWords = (error: JsonObject) => asText(error.error_user_msg) ?? asText(error.message) ?? 'no reason given';

/** The longest `estimated_time_to_regain_access` (minutes) of `X-Business-Use-Case-Usage`, or `Retry-After` (seconds), in ms. */
function regainAccessMs(headers: Headers): number | undefined {
  const minutes = [...(headers.get('x-business-use-case-usage') ?? '').matchAll(/"estimated_time_to_regain_access":(\d+)/g)].map(([, n]) =>
    Number(n),
  );
  const longest = Math.max(0, ...minutes);
  const seconds = Number(headers.get('retry-after') ?? 0);
  return longest * 60_000 || seconds * 1000 || undefined;
}
