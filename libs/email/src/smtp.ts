import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { ConnectorError } from '#libs/connector';
import { reachableHost } from './hosts.js';
import type { EmailOptions } from './imap.js';
import type { SmtpSettings } from './settings.js';

/** An open, signed-in SMTP session. `lost` rejects when the line breaks outside of a command. */
export interface SmtpSession {
  connection: SMTPConnection;
  lost: Promise<never>;
}

interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
  command?: string;
}

/** Connects and signs in. Throws {@link ConnectorError}. */
export async function openSmtp(settings: SmtpSettings, options: EmailOptions): Promise<SmtpSession> {
  const { address, servername, isPrivate } = await reachableHost(settings.host, options.allowPrivateHosts);
  const connection = new SMTPConnection({
    host: address,
    servername,
    port: settings.port,
    secure: settings.secure,
    // Else STARTTLS is used where it is offered, which somebody between could hide from us.
    requireTLS: !settings.secure && !isPrivate && Boolean(settings.user),
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    // RFC 5321 §4.5.3.2.6 grants a server ten minutes to answer the end of a mail; five is what it gets.
    socketTimeout: 300_000,
  });
  const lost = new Promise<never>((_resolve, reject) => {
    connection.on('error', reject);
    connection.once('end', () => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNECTION' })));
  });
  lost.catch(() => undefined);
  const step = (run: (done: (error?: Error | null) => void) => void) =>
    Promise.race([new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve()))), lost]);
  try {
    await step((done) => connection.connect(done));
    const { user, password = '' } = settings;
    if (user) await step((done) => connection.login({ user, pass: password }, done));
    return { connection, lost };
  } catch (error) {
    connection.close();
    throw smtpFailure(error, settings.host);
  }
}

/** What an SMTP failure means for a mail (RFC 5321 §4.2.1, RFC 3463), in the server's own words where it gave some. */
export function smtpFailure(error: unknown, host: string, outcome: 'not-sent' | 'unknown' = 'not-sent'): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const { code = '', responseCode = 0, response, message } = error as SmtpError;
  const words = response ?? message;
  const enhanced = /^\d{3}[ -](\d\.\d+\.\d+)/.exec(response ?? '')?.[1];
  const details = { code: [responseCode || code, enhanced].filter(Boolean).join(' '), cause: error };
  if (['EAUTH', 'ENOAUTH', 'EOAUTH2'].includes(code) && !isTemporary(responseCode)) {
    return new ConnectorError('auth', `${host} refused the SMTP login: ${words}`, {
      ...details,
      action: 'Check user name and password for sending in the channel settings.',
    });
  }
  if (/^(421|45\d) 4\.7\./.test(`${responseCode} ${enhanced}`) || ['5.4.5', '5.4.6'].includes(enhanced ?? '')) {
    return new ConnectorError('rate-limited', `${host} asks us to slow down: ${words}`, { ...details, retryAfterMs: 300_000 });
  }
  // A full mailbox (5.2.2) may be emptied again.
  if ((responseCode >= 500 && enhanced !== '5.2.2') || ['EENVELOPE', 'EMESSAGE'].includes(code)) {
    if (!isTemporary(responseCode) && enhanced !== '5.2.2')
      return new ConnectorError('rejected', `${host} refused the mail: ${words}`, details);
  }
  const answered = responseCode > 0;
  return new ConnectorError(
    'unavailable',
    answered ? `${host} cannot take the mail now: ${words}` : `The SMTP connection to ${host} failed: ${words}`,
    {
      ...details,
      outcome: answered ? 'not-sent' : outcome,
    },
  );
}

const isTemporary = (responseCode: number) => responseCode >= 400 && responseCode < 500;
