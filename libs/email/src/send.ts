import { Readable } from 'node:stream';
import type { SMTPConnectionEnvelope, SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import { ConnectorError, type ChannelAccess, type Outgoing, type Sent } from '#libs/connector';
import { compose } from './compose.js';
import type { SendEnvelope } from './envelope.js';
import type { EmailOptions } from './imap.js';
import { messageIds } from './message-ids.js';
import type { EmailSettings } from './settings.js';
import { openSmtp, smtpFailure, type SmtpSession } from './smtp.js';
import { messageIdKey } from './thread-keys.js';

/**
 * Sends a reply once. `committing` is awaited when the server has accepted all recipients and asks for the mail (354),
 * before its first byte leaves: a failure up to then is surely `not-sent`, a line lost after it `unknown`.
 * A single refused recipient refuses the mail for all, so that no one is left out unnoticed.
 */
export async function send(outgoing: Outgoing, { settings }: ChannelAccess<EmailSettings>, options: EmailOptions): Promise<Sent> {
  const envelope = outgoing.envelope as unknown as SendEnvelope;
  const raw = await compose(outgoing);
  const session = await openSmtp(settings.smtp, options);
  let committed = false;
  const body = new LazyBody(raw, async () => {
    refuseIfPartly(session, settings.smtp.host);
    await outgoing.committing();
    committed = true;
  });
  try {
    const info = await transmit(session, envelope, body, raw.length);
    session.connection.quit();
    const renamed = messageIds(info.serverMessageId ?? '').map(messageIdKey);
    return { externalId: messageIdKey(envelope.messageId), ownKeys: [messageIdKey(envelope.messageId), ...renamed] };
  } catch (error) {
    // Without the final dot the server has to forget what it was told.
    session.connection.close();
    throw body.refusal ?? smtpFailure(error, settings.smtp.host, committed ? 'unknown' : 'not-sent');
  }
}

function transmit(session: SmtpSession, envelope: SendEnvelope, body: Readable, size: number): Promise<SMTPConnectionSendInfo> {
  const to = [...envelope.to.map(({ address }) => address), ...envelope.cc, ...envelope.bcc];
  const sent = new Promise<SMTPConnectionSendInfo>((resolve, reject) => {
    session.connection.send({ from: envelope.from.address, to, size }, body, (error, info) =>
      info ? resolve(info) : reject(error ?? new Error('the server gave no answer')),
    );
  });
  return Promise.race([sent, session.lost]);
}

/** A stream that does something before it gives its first byte, and gives none if that fails; `refusal` is why. */
class LazyBody extends Readable {
  refusal: Error | undefined;
  private begun = false;

  constructor(
    private readonly bytes: Buffer,
    private readonly before: () => Promise<void>,
  ) {
    super();
  }

  override _read(): void {
    if (this.begun) return;
    this.begun = true;
    this.before().then(
      () => {
        this.push(this.bytes);
        this.push(null);
      },
      (error: Error) => {
        this.refusal = error;
        this.destroy(error);
      },
    );
  }
}

/** nodemailer goes on with the recipients that were accepted and tells of the others afterwards; its own record tells us in time. */
function refuseIfPartly({ connection }: SmtpSession, host: string): void {
  const { rejectedErrors } = (connection as unknown as { _envelope: SMTPConnectionEnvelope })._envelope;
  const [refused] = rejectedErrors;
  if (!refused) return;
  throw new ConnectorError('rejected', `${host} refused a recipient, so nobody got the mail: ${refused.response ?? refused.message}`, {
    code: String(refused.responseCode ?? ''),
    action: 'Correct or remove that recipient and send again.',
  });
}
