import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import type { Door } from '#libs/connector';
import { answer, refusalOf, takeMail } from './door-mail.js';
import type { EmailSettings } from './settings.js';

/** Behind an MTA there is one client; it may deliver over several lines at once. */
const maxClients = 50;
const maxRecipients = 100;
/** RFC 5321 §4.5.3.2 asks a server for five minutes of patience between commands. */
const socketTimeoutMs = 300_000;
/** How long mail that is coming in may still take when we stop. Cut off, its sender keeps it and tries again. */
const closeTimeoutMs = 5_000;

/**
 * Takes mail for connected addresses by SMTP (RFC 5321) or LMTP (RFC 2033), told by `listen` (`smtp://host:port` or
 * `lmtp://host:port`). It stands behind a mail server of one's own and trusts it: there is no sign-in and no STARTTLS, and it
 * relays nothing. 250 means that the mail is stored; until then it is the sender's.
 */
export function door(listen: string): Door<EmailSettings> {
  const { protocol, hostname, port } = new URL(listen);
  const lmtp = protocol === 'lmtp:';
  return {
    async open(context) {
      const server = new SMTPServer({
        lmtp,
        disabledCommands: ['AUTH', 'STARTTLS'],
        disableReverseLookup: true,
        logger: false,
        banner: 'Tributary',
        // SIZE is announced without a number (RFC 1870 §4): each address has a limit of its own.
        size: Number.MAX_SAFE_INTEGER,
        hideSize: true,
        maxClients,
        maxRecipients,
        socketTimeout: socketTimeoutMs,
        closeTimeout: closeTimeoutMs,
        onRcptTo({ address }, { envelope }, done) {
          refusalOf(address, envelope, context).then(done, () =>
            done(answer(451, '4.3.0 We cannot look up this address now, try again later')),
          );
        },
        onData(stream, { envelope }, done) {
          takeMail(stream, envelope, context, lmtp).then(
            (answers) => (lmtp ? done(null, answers) : done(answers.find((one) => one instanceof Error))),
            (error: NodeJS.ErrnoException) => {
              // What the sender still sends is read and forgotten, or it would never hear the answer.
              stream.removeAllListeners('readable').resume();
              done(answer(error.code === 'ENOSPC' ? 452 : 451, '4.3.0 We cannot store this mail now, try again later'));
            },
          );
        },
      });
      const failed = once(server, 'error').then(([error]) => Promise.reject(error as Error));
      server.listen(Number(port), hostname.replace(/^\[|\]$/g, ''));
      await Promise.race([once(server.server, 'listening'), failed]);
      // From here on errors are those of clients that hang up early.
      failed.catch(() => undefined);
      server.on('error', () => undefined);
      return () => new Promise((closed) => server.close(closed));
    },
  };
}
