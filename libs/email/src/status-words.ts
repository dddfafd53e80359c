/** What a failed or delayed delivery means for an agent. `addressIsDead`: no mail will ever arrive there. */
export interface Meaning {
  message: string;
  action: string | null;
  addressIsDead: boolean;
}

const otherAddress = 'Ask the customer for another address, or correct a slip of the pen, and send it again.';
const later = 'Send it again later, or reach the customer another way.';
const askAdmin = 'Ask whoever looks after your mail domain to have a look; the server’s own words tell more.';
const shorten = 'Send it again with smaller files, or a link in their place.';

const dead = (message: string): Meaning => ({ message, action: otherAddress, addressIsDead: true });
const problem = (message: string, action: string): Meaning => ({ message, action, addressIsDead: false });

/** Enhanced mail system status codes (RFC 3463 and the IANA registry), the most exact first: subject and detail, or subject alone. */
const meanings: Record<string, Meaning> = {
  '1.1': dead('There is no such mailbox at the recipient’s mail server.'),
  '1.2': dead('There is no mail server for the part of the address behind the @.'),
  '1.3': dead('The recipient’s mail server finds the address badly written.'),
  '1.4': problem('The address means more than one mailbox there.', otherAddress),
  '1.6': dead('The mailbox has moved and left no new address.'),
  '1.7': problem('The recipient’s mail server finds our own address badly written.', askAdmin),
  '1.8': problem('The recipient’s mail server does not believe in the domain of our own address.', askAdmin),
  '1.9': problem('The mail was passed on to a system that cannot take mail like this.', later),
  '1.10': dead('The domain of the address takes no mail at all.'),
  '1': dead('The recipient’s mail server does not accept this address.'),
  '2.1': dead('The mailbox is switched off.'),
  '2.2': problem('The recipient’s mailbox is full.', later),
  '2.3': problem('The mail is larger than the recipient’s mailbox takes.', shorten),
  '2.4': problem('The mailing list behind this address could not be opened.', later),
  '2': problem('There is something wrong with the recipient’s mailbox.', later),
  '3.4': problem('The mail is larger than the recipient’s mail server takes.', shorten),
  '3': problem('There is something wrong with the recipient’s mail system.', later),
  '4.1': problem('The recipient’s mail server does not answer, or refuses this address.', later),
  '4.4': dead('No way leads to the domain of this address.'),
  '4.5': problem('The mail server has too much to do or its daily limit is reached.', later),
  '4.6': problem('The mail went round in circles between servers.', askAdmin),
  '4.7': problem('The recipient’s mail server did not take the mail within its time.', later),
  '4': problem('The recipient’s mail server could not be reached.', later),
  '5': problem('The two mail servers did not understand each other.', askAdmin),
  '6': problem('The recipient’s mail server could not handle what the mail is made of.', 'Send it again as plain text.'),
  '7.1': problem('The recipient’s mail server refuses mail from us, by its own rules.', askAdmin),
  '7.23': problem('Our domain’s SPF record does not allow the server that sent this.', askAdmin),
  '7.26': problem('The mail failed the recipient’s checks of its sender (SPF, DKIM or DMARC).', askAdmin),
  '7.606': problem('The recipient’s mail provider has blocked the server that sent this.', askAdmin),
  '7': problem('The recipient’s mail server refused the mail for reasons of policy, perhaps taking it for spam.', askAdmin),
};

/** For servers that name no enhanced code, or the vaguest there is: what their words say. */
const words: Array<[RegExp, string]> = [
  [
    /user unknown|unknown (?:user|recipient|local)|no such (?:user|mailbox|recipient|address|person)|(?:does not|doesn'?t) (?:exist|have an? \S+ account)|recipient (?:not found|unknown|address rejected: user)|(?:mailbox|address|account|user|email)[^.]{0,40} (?:not found|unknown|unavailable|does not exist|couldn't be found|wasn't found|invalid)|no mailbox here|unrouteable address|invalid (?:recipient|mailbox)|宛先不明|存在しない/i,
    '1.1',
  ],
  [
    /(?:domain|host)(?: name)? (?:not found|unknown|does not exist)|nxdomain|no (?:mx|such domain)|unrouteable (?:mail )?domain|host or domain name not found/i,
    '1.2',
  ],
  [/(?:mailbox|account|user)[^.]{0,30}(?:disabled|inactive|suspended|deactivated|closed)/i, '2.1'],
  [/(?:mailbox|quota|storage|inbox)[^.]{0,30}(?:full|exceed)|over ?quota|out of storage|容量/i, '2.2'],
  [/(?:message|mail|size)[^.]{0,40}(?:too (?:large|big)|exceeds|limit)/i, '3.4'],
  [/spam|block(?:ed|list)|blacklist|policy|dmarc|spf|reputation|denied|prohibited|not authori[sz]ed/i, '7'],
  [/timed? ?out|connection refused|could not connect|unreachable|no route|retry time(?:out)? (?:not reached|exceeded)/i, '4'],
];

const vague = /^[245]\.(?:0\.\d+|1\.0|5\.0)$/;

/** Says what a status code and a server's own words mean. Temporary trouble and full mailboxes kill no address. */
export function meaningOf(status: string | null, diagnostic: string | null, delayed: boolean): Meaning {
  const said = words.find(([pattern]) => pattern.test(diagnostic ?? ''))?.[1];
  const [, subject = '', detail = ''] = /^[245]\.(\d{1,3})\.(\d{1,3})$/.exec(status ?? '') ?? [];
  const exact = !status || vague.test(status) ? said : undefined;
  const meaning = meanings[exact ?? `${subject}.${detail}`] ?? meanings[subject] ?? (said && meanings[said]);
  const found = meaning || problem('The recipient’s mail server did not take the mail.', later);
  const temporary = delayed || status?.startsWith('4.') === true;
  if (!temporary) return found;
  const retrying = delayed ? ' It is still being tried.' : '';
  return { message: `${found.message}${retrying}`, action: delayed ? null : later, addressIsDead: false };
}
