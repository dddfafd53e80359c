import { ConnectorError, type RefusedRecipient } from '#libs/connector';
import { meaningOf } from './status-words.js';

/** A failure as nodemailer tells it; `recipient` on one that a single recipient met. */
export interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
  command?: string;
  recipient?: string;
}

interface Circumstances {
  /** `unknown` once the mail was on its way; a server that answered has it not. */
  outcome?: 'not-sent' | 'unknown';
  signedInBy?: 'token' | 'password';
  refused?: RefusedRecipient[];
  /** `channel` before there was a mail at all. */
  scope?: 'channel';
}

/** Whoever is greylisted is let in after about five minutes. */
const greylistedMs = 300_000;

/** What an SMTP failure means for a mail (RFC 5321 §4.2.1, RFC 3463), in the server's own words where it gave some. */
export function smtpFailure(error: unknown, host: string, { outcome, signedInBy, refused, scope }: Circumstances = {}): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const failure = error as SmtpError;
  const { response, message } = failure;
  const words = response ?? message;
  const details = { code: codeOf(failure), refused, scope: scope ?? scopeOf(failure, outcome), cause: error };
  switch (kindOf(failure)) {
    case 'auth': {
      const action =
        signedInBy === 'token' ? 'Sign in at the provider again.' : 'Check user name and password for sending in the channel settings.';
      return new ConnectorError('auth', `${host} refused the SMTP login: ${words}`, { ...details, action });
    }
    case 'slow-down':
      return new ConnectorError('rate-limited', `${host} asks us to slow down: ${words}`, { ...details, retryAfterMs: 300_000 });
    case 'permanent': {
      const { message: meaning, action } = meaningOf(enhancedOf(failure) ?? null, response ?? null, false);
      const said = response ? `${meaning} ${host} said: ${words}` : `${host} refused the mail: ${words}`;
      return new ConnectorError('rejected', said, { ...details, ...(action && { action }) });
    }
    case 'greylisted':
      return new ConnectorError('unavailable', `${host} cannot take the mail now: ${words}`, { ...details, retryAfterMs: greylistedMs });
    case 'transient':
      return new ConnectorError('unavailable', `${host} cannot take the mail now: ${words}`, details);
    case 'connection':
      return new ConnectorError('unavailable', `The SMTP connection to ${host} failed: ${words}`, { ...details, outcome });
  }
}

/** Whether the session is over and the mail had no part in that: the line is cut, or the server says goodbye (421). */
export function endsSession(error: unknown): boolean {
  return kindOf(error as SmtpError) === 'connection' || (error as SmtpError).responseCode === 421;
}

/** Whether another mail would meet this as well: it is said of us, and not of a recipient or of this mail. */
function scopeOf(error: SmtpError, outcome: Circumstances['outcome']): 'message' | 'channel' {
  const kind = kindOf(error);
  const ofUs = error.responseCode === 421 || error.command === 'MAIL FROM';
  const lostBefore = kind === 'connection' && outcome !== 'unknown';
  return kind === 'slow-down' || lostBefore || (kind === 'transient' && ofUs) ? 'channel' : 'message';
}

/** What the server said of one recipient. */
export function refusalOf(error: SmtpError): RefusedRecipient {
  const retryable = ['transient', 'greylisted', 'slow-down'].includes(kindOf(error));
  return { recipient: error.recipient ?? '', code: codeOf(error) || null, message: error.response ?? error.message, retryable };
}

function kindOf(error: SmtpError): 'auth' | 'slow-down' | 'permanent' | 'greylisted' | 'transient' | 'connection' {
  const { code = '', responseCode = 0 } = error;
  const enhanced = enhancedOf(error);
  const temporary = responseCode >= 400 && responseCode < 500;
  if (['EAUTH', 'ENOAUTH', 'EOAUTH2'].includes(code) && !temporary) return 'auth';
  if (isOfRecipient(error) && responseCode >= 450 && responseCode < 460) return 'greylisted';
  // 4.7: policy, which for a sender known to the server means its pace; 5.4.5 and 5.4.6 are daily limits.
  if (/^(421|45\d) 4\.7\./.test(`${responseCode} ${enhanced}`) || ['5.4.5', '5.4.6'].includes(enhanced ?? '')) return 'slow-down';
  // A full mailbox (5.2.2) may be emptied again.
  if (temporary || enhanced === '5.2.2') return 'transient';
  return responseCode >= 500 || ['EENVELOPE', 'EMESSAGE'].includes(code) ? 'permanent' : 'connection';
}

const isOfRecipient = ({ command, recipient }: SmtpError) => command === 'RCPT TO' || recipient !== undefined;

/** E.g. `550 5.1.1`; without an answer of the server nodemailer's own code. */
function codeOf(error: SmtpError): string {
  return [error.responseCode || error.code, enhancedOf(error)].filter(Boolean).join(' ');
}

function enhancedOf({ response }: SmtpError): string | undefined {
  return /^\d{3}[ -](\d\.\d+\.\d+)/.exec(response ?? '')?.[1];
}
