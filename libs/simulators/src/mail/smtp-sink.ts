import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** A mail as the sink took it. */
export interface ReceivedMail {
  envelope: { from: string; to: string[] };
  raw: Buffer;
}

/**
 * What the sink does from now on. `refuse-message` and `try-later` answer 554 and 451 once the message was read;
 * `drop-before-data` cuts the line at RCPT TO; `drop-after-data` and `hang` take the whole message and then say nothing;
 * `goodbye` ends the session with 421 at the next MAIL FROM, once. `refuse` and `defer` answer 550 and 450 for these recipients.
 */
export type SinkBehaviour =
  | 'accept'
  | 'refuse-message'
  | 'try-later'
  | 'drop-before-data'
  | 'drop-after-data'
  | 'hang'
  | 'goodbye'
  | { refuse?: string[]; defer?: string[] };

/** An SMTP server that keeps what it is sent. */
export interface SmtpSink {
  host: string;
  port: number;
  messages: ReceivedMail[];
  /** How many connections there have been, and how many there are. */
  connections(): { total: number; open: number };
  /** Cuts all lines, as servers do with sessions that were silent for long. */
  hangUp(): void;
  behave(behaviour: SinkBehaviour): void;
  stop(): Promise<void>;
}

interface SinkOptions {
  /** None: any free one. */
  port?: number;
  /** Names and passwords; without them and `tokens` no sign-in is asked for. */
  users?: Record<string, string>;
  /** Names and the access tokens they sign in with (XOAUTH2). */
  tokens?: Record<string, string>;
  onMessage?: (mail: ReceivedMail) => void;
}

/** Starts an SMTP server without TLS on a loopback port. */
export async function startSmtpSink(options: SinkOptions = {}): Promise<SmtpSink> {
  const messages: ReceivedMail[] = [];
  const lines = new Map<number, Socket>();
  let behaviour: SinkBehaviour = 'accept';
  let total = 0;
  const cut = (session: SMTPServerSession) => lines.get(portOf(session))?.destroy();

  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authMethods: options.tokens ? ['PLAIN', 'LOGIN', 'XOAUTH2'] : ['PLAIN', 'LOGIN'],
    authOptional: !options.users && !options.tokens,
    closeTimeout: 100,
    disableReverseLookup: true,
    onAuth({ method, username = '', password, accessToken }, _session, done) {
      const byToken = method === 'XOAUTH2';
      if (byToken && options.tokens?.[username] === accessToken) return done(null, { user: username });
      // The refusal a provider sends as a challenge; 535 follows when the client answers it.
      if (byToken) return done(null, { data: { status: '401', schemes: 'bearer', scope: 'https://mail.google.com/' } });
      if ((!options.users && !options.tokens) || options.users?.[username] === password) return done(null, { user: username });
      done(answer(535, '5.7.8 Authentication credentials invalid'));
    },
    onMailFrom(_address, _session, done) {
      if (behaviour !== 'goodbye') return done();
      behaviour = 'accept';
      done(answer(421, '4.7.0 Enough of this session'));
    },
    onRcptTo({ address }, session, done) {
      if (behaviour === 'drop-before-data') return void cut(session);
      const { refuse = [], defer = [] } = typeof behaviour === 'object' ? behaviour : {};
      if (refuse.includes(address)) return done(answer(550, `5.1.1 <${address}>: there is no such mailbox here`));
      done(defer.includes(address) ? answer(450, '4.2.0 Greylisted, come back in five minutes') : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (behaviour === 'refuse-message') return done(answer(554, '5.7.1 This message is not welcome'));
        if (behaviour === 'try-later') return done(answer(451, '4.3.0 Please come back later'));
        const mail = received(session, Buffer.concat(chunks));
        messages.push(mail);
        options.onMessage?.(mail);
        if (behaviour === 'drop-after-data') return void cut(session);
        if (behaviour !== 'hang') done(null);
      });
    },
  });
  // A client that hangs up early is its own business.
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    total += 1;
    lines.set(port, socket);
    socket.once('close', () => lines.delete(port));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server.server, 'listening');
  const hangUp = () => lines.forEach((socket) => socket.destroy());

  return {
    host: '127.0.0.1',
    port: (server.server.address() as AddressInfo).port,
    messages,
    connections: () => ({ total, open: lines.size }),
    hangUp,
    behave: (next) => void (behaviour = next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        hangUp();
      }),
  };
}

function answer(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function portOf(session: SMTPServerSession): number {
  return (session as SMTPServerSession & { remotePort: number }).remotePort;
}

function received(session: SMTPServerSession, raw: Buffer): ReceivedMail {
  const { mailFrom, rcptTo } = session.envelope;
  return { envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) }, raw };
}
