import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection';
import { reachableHost } from './hosts.js';
import type { EmailOptions } from './imap.js';
import type { EmailSettings } from './settings.js';
import { smtpFailure } from './smtp-failure.js';

/** An open, signed-in SMTP session. `lost` rejects when the line breaks outside of a command. */
export interface SmtpSession {
  connection: SMTPConnection;
  lost: Promise<never>;
}

/** What it takes to send: an account at a server. */
export interface SmtpAccount {
  address: string;
  settings: Pick<EmailSettings, 'smtp' | 'imap' | 'oauth'>;
}

/** Connects and signs in: with the provider's access token (XOAUTH2) after a sign-in there, else with a password. Throws {@link ConnectorError}. */
export async function openSmtp(account: SmtpAccount, options: EmailOptions): Promise<SmtpSession> {
  const { smtp, oauth } = account.settings;
  const { address, servername, isPrivate } = await reachableHost(smtp.host, options.allowPrivateHosts);
  const connection = new SMTPConnection({
    host: address,
    servername,
    port: smtp.port,
    secure: smtp.secure,
    // Else STARTTLS is used where it is offered, which somebody between could hide from us.
    requireTLS: !smtp.secure && !isPrivate && Boolean(smtp.user || oauth),
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    // RFC 5321 §4.5.3.2.6 grants a server ten minutes to answer the end of a mail; five is what it gets.
    socketTimeout: 300_000,
    customAuth: { [byToken]: signInByToken },
  });
  const lost = new Promise<never>((_resolve, reject) => {
    connection.on('error', reject);
    // A moment later, because a server that says why it ends the session is heard after the end.
    connection.once('end', () =>
      setImmediate(() => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNECTION' }))),
    );
  });
  lost.catch(() => undefined);
  const step = (run: (done: (error?: Error | null) => void) => void) =>
    Promise.race([new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve()))), lost]);
  try {
    await step((done) => connection.connect(done));
    const login = loginOf(account);
    if (login) await step((done) => connection.login(login, done));
    return { connection, lost };
  } catch (error) {
    connection.close();
    throw smtpFailure(error, smtp.host, { signedInBy: oauth ? 'token' : 'password', scope: 'channel' });
  }
}

/** Not called XOAUTH2, because of that nodemailer has its own idea, which hides the server’s words. */
const byToken = 'ACCESS-TOKEN';

function loginOf({ address, settings: { smtp, imap, oauth } }: SmtpAccount) {
  if (oauth) return { method: byToken, user: smtp.user ?? imap?.user ?? address, pass: oauth.accessToken };
  return smtp.user ? { user: smtp.user, pass: smtp.password ?? '' } : null;
}

/** XOAUTH2 as Google and Microsoft describe it. A refusal comes as a challenge; only the answer to an empty line tells it in words. */
async function signInByToken({ auth: { credentials }, sendCommand }: SMTPConnectionCustomAuthContext): Promise<void> {
  const token = Buffer.from(`user=${credentials.user}\x01auth=Bearer ${credentials.pass}\x01\x01`).toString('base64');
  const first = await sendCommand(`AUTH XOAUTH2 ${token}`);
  const { status } = first.status === 334 ? await sendCommand('') : first;
  if (status !== 235) throw new Error('Invalid login');
}
