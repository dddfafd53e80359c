import type { ConnectorErrorKind } from '#libs/connector';

/** What a Graph error means to us: what kind, what the agent reads, what a person can do. */
export interface Meaning {
  kind: ConnectorErrorKind;
  says?: string;
  action?: string;
  /** The customer may have got the message although Graph answered with an error: look before it is sent again. */
  unclear?: boolean;
  waitMs?: number;
  heldByOther?: boolean;
  noPrivateReply?: boolean;
  tooLate?: boolean;
  /** Any other write of the account would be refused as well. */
  ofAccount?: boolean;
}

const HOUR = 3_600_000;
const reconnect = 'Ask an admin to reconnect this channel.';
const askAdmin = (what: string) => `An admin must ${what}.`;

export const unclear: Meaning = {
  kind: 'unavailable',
  says: 'Meta answered with an error that leaves open whether it was done',
  unclear: true,
  ofAccount: true,
};
const unclearOfOne: Meaning = { ...unclear, ofAccount: false };
export const noPermission: Meaning = { kind: 'auth', says: 'A permission is missing', action: reconnect };

const deadToken: Meaning = { kind: 'auth', says: 'The access token is no longer valid', action: reconnect, ofAccount: true };
const slower: Meaning = { kind: 'rate-limited', says: 'Meta asks us to slow down', ofAccount: true };
/** The quota of all but chats, which goes on while it is used up. */
const slowerBesideChats: Meaning = { ...slower, ofAccount: false };
const paused: Meaning = {
  kind: 'rate-limited',
  says: 'Meta has paused this action for the account',
  action: askAdmin('look into the account’s support inbox at Meta, and stop what sends by itself'),
  waitMs: HOUR,
  ofAccount: true,
};
const closedWindow: Meaning = {
  kind: 'rejected',
  says: 'The time to answer this customer has passed',
  action: 'Wait until the customer writes again, or send again if they wrote within the last 7 days.',
  tooLate: true,
};
const otherOwner: Meaning = {
  kind: 'rejected',
  says: 'Another app holds this chat',
  action: 'Take the chat over, then send again; or answer in that app.',
  heldByOther: true,
};
const unreachable: Meaning = {
  kind: 'rejected',
  says: 'This customer is not receiving messages at the moment',
  action: 'Try again later or use another channel.',
};
const stranger: Meaning = { kind: 'rejected', says: 'This customer cannot be reached from this account', action: 'Use another channel.' };
const notInThisThread: Meaning = { kind: 'rejected', says: 'Meta does not allow this kind of message in this chat' };
const noProfile: Meaning = { kind: 'rejected', says: 'Meta does not show this person to us' };
const notPublic: Meaning = {
  kind: 'rejected',
  says: 'The app is not yet allowed to write to the public',
  action: askAdmin('finish App Review at Meta'),
};
const fileRefused: Meaning = {
  kind: 'rejected',
  says: 'Meta did not accept the file',
  action: 'Save it in a common format such as JPEG, MP4 or PDF, and send it again.',
};
const fileNotFetched: Meaning = { kind: 'unavailable', says: 'Meta could not fetch the file from us' };
const answeredPrivately: Meaning = {
  kind: 'rejected',
  says: 'A private answer to this comment is not possible: it was answered privately before, is older than 7 days, or is gone',
  action: 'Answer publicly, or wait until the customer writes.',
  noPrivateReply: true,
};
const textRefused: Meaning = {
  kind: 'rejected',
  says: 'Meta took the text for a repetition or for advertising',
  action: 'Word it differently, then send it again.',
};
const linkRefused: Meaning = {
  kind: 'rejected',
  says: 'Instagram refused the link in the text',
  action: 'Send it without the link, or later.',
};

/**
 * By `code/subcode`, else by `code`. https://developers.facebook.com/docs/messenger-platform/error-codes,
 * https://developers.facebook.com/docs/graph-api/guides/error-handling, and what integrations have met.
 */
export const meanings: Record<string, Meaning> = {
  '1': unclear,
  '1/99': { kind: 'rejected', says: 'The app lacks a permission', action: askAdmin('check the app’s permissions at Meta') },
  '1/1357046': unclearOfOne,
  '2': unclear,
  '2/1545133': unclearOfOne,
  '3': { kind: 'rejected', says: 'The app lacks a capability', action: askAdmin('check the app’s features at Meta') },
  '4': slower,
  '4/2018022': slower,
  '10': noPermission,
  '10/1404170': notInThisThread,
  '10/1893015': notInThisThread,
  '10/1893063': {
    kind: 'rejected',
    says: 'Meta has restricted this Page from sending',
    action: askAdmin('look at the Page’s quality page at Meta'),
  },
  '10/2018065': closedWindow,
  '10/2018108': unreachable,
  '10/2018278': closedWindow,
  '10/2018300': otherOwner,
  '10/2018336': notInThisThread,
  '10/2534022': closedWindow,
  '10/2534077': {
    kind: 'auth',
    says: 'The link between Instagram, Page and person is broken',
    action: 'Link Instagram to the Page again, check two-factor sign-in, then reconnect.',
  },
  '17': slower,
  '20/1772107': unclearOfOne,
  '27': {
    kind: 'rejected',
    says: 'The chat cannot be taken over: the account has no default app',
    action: askAdmin('set a default app under Conversation routing in the Page’s settings'),
  },
  '32': slower,
  '100': { kind: 'rejected', says: 'Meta does not accept this' },
  '100/33': { kind: 'rejected', says: 'It is no longer there, or this account may not see it' },
  '100/2018001': stranger,
  '100/2018008': fileNotFetched,
  '100/2018047': fileRefused,
  '100/2018074': fileRefused,
  '100/2018109': { kind: 'rejected', says: 'The file is too large', action: 'Make it smaller, or send a link.' },
  '100/2018218': noProfile,
  '100/2018247': noProfile,
  '100/2018294': fileNotFetched,
  '100/2534013': {
    kind: 'auth',
    says: 'No Instagram account is linked to the Page',
    action: 'Link it in the Page’s settings, then reconnect.',
  },
  '100/2534014': stranger,
  '100/2534015': { kind: 'rejected', says: 'Instagram does not accept this message' },
  '100/2534025': answeredPrivately,
  '100/2534029': {
    kind: 'rejected',
    says: 'Meta has blocked this account from messaging on Instagram',
    action: askAdmin('look at the account’s status at Instagram'),
  },
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
  '200': noPermission,
  '200/1545041': unreachable,
  '200/2018027': notPublic,
  '200/2018028': notPublic,
  '200/2534041': {
    kind: 'rejected',
    says: 'The Instagram account has switched off message access',
    action: 'In the Instagram app: Settings, Messages, Connected tools, Allow access to messages.',
  },
  '230': noProfile,
  '341': paused,
  '368': paused,
  '506': textRefused,
  '508': linkRefused,
  '508/2534122': linkRefused,
  '551': unreachable,
  '551/1545041': unreachable,
  '613': slower,
  '613/1996': { ...slower, says: 'Meta finds the number of our calls odd and asks us to slow down' },
  '613/2018338': { ...paused, says: 'Meta warns that this account sends too much unasked' },
  '613/2534040': slower,
  '803': { kind: 'rejected', says: 'Meta does not know this id' },
  '1200': { kind: 'unavailable', says: 'Meta could not send the message just now' },
  '2022': { kind: 'rejected', says: 'Messages about purchases are switched off for this account' },
  '2500': { kind: 'rejected', says: 'Meta does not know this call', action: askAdmin('check the Graph address and version') },
  '9010': noProfile,
  '10900': answeredPrivately,
  '10903': answeredPrivately,
  '36103': { kind: 'rejected', says: 'This Instagram account may not do this', action: askAdmin('make it a professional account') },
  '80000': slower,
  '80001': slowerBesideChats,
  '80002': slowerBesideChats,
  '80003': slower,
  '80004': slower,
  '80005': slower,
  '80006': slower,
  '80008': slower,
  '1446036': textRefused,
  '2018321': { kind: 'unavailable', says: 'The customer is in an automated flow of Meta', waitMs: HOUR / 12 },
  '2534001': { kind: 'rejected', says: 'The chat was archived or deleted' },
  '9000001': { kind: 'rejected', says: 'This message was deleted, or is older than the newest 20 of its chat' },
};
