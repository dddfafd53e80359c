import { Readable } from 'node:stream';
import type { SMTPConnectionEnvelope, SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import type { ChannelAccess, Outgoing, Sent } from '#libs/connector';
import { compose } from './compose.js';
import type { SendEnvelope } from './envelope.js';
import { messageIds } from './message-ids.js';
import { allRecipients } from './prepare.js';
import { sameAddress } from './recipients.js';
import type { EmailSettings } from './settings.js';
import { endsSession, refusalOf, smtpFailure, type SmtpError } from './smtp-failure.js';
import { SessionOver, type Loan, type SmtpPool } from './smtp-pool.js';
import type { SmtpSession } from './smtp.js';
import { messageIdKey } from './thread-keys.js';

type Channel = ChannelAccess<EmailSettings>;

/**
 * Sends a reply once. `committing` is awaited when the server has answered for all recipients and asks for the mail
 * (354), before its first byte leaves: a failure up to then is surely `not-sent`, a line lost after it `unknown`.
 *
 * The mail is above all for the first in To: as long as the server does not take it for them, nobody gets it. Others it
 * does not take it for are told in `refused`.
 */
export async function send(outgoing: Outgoing, channel: Channel, pool: SmtpPool): Promise<Sent> {
  const { messageId } = outgoing.envelope as unknown as SendEnvelope;
  const raw = await compose(outgoing, channel.settings.dkim);
  const info = await pool.use(channel, (loan) => transmit(loan, outgoing, raw, channel.settings.smtp.host));
  const renamed = messageIds(info.serverMessageId ?? '').map(messageIdKey);
  const refused = (info.rejectedErrors ?? []).map(refusalOf);
  return { externalId: messageIdKey(messageId), ownKeys: [messageIdKey(messageId), ...renamed], refused };
}

async function transmit({ session, reused }: Loan, outgoing: Outgoing, raw: Buffer, host: string): Promise<SMTPConnectionSendInfo> {
  const envelope = outgoing.envelope as unknown as SendEnvelope;
  const reached = { asked: false, committed: false };
  const body = new LazyBody(raw, async () => {
    refuseWithoutFirst(session, envelope);
    reached.asked = true;
    await outgoing.committing();
    reached.committed = true;
  });
  try {
    return await Promise.race([handOver(session, outgoing, body, raw.length), session.lost]);
  } catch (error) {
    if (reached.asked && body.refusal) throw body.refusal;
    if (reused && !reached.asked && !body.refusal && endsSession(error)) throw new SessionOver('', { cause: error });
    const { decisive, refused } = decided(body.refusal ?? error, envelope);
    throw smtpFailure(decisive, host, { outcome: reached.committed ? 'unknown' : 'not-sent', refused });
  }
}

/** A mail no person wrote goes out without a return path, so that nothing can bounce back and be answered (RFC 3834 §3.3). */
function handOver(session: SmtpSession, outgoing: Outgoing, body: Readable, size: number): Promise<SMTPConnectionSendInfo> {
  const envelope = outgoing.envelope as unknown as SendEnvelope;
  const from = envelope.loopMark ? (false as const) : envelope.from.address;
  const to = outgoing.recipients ?? allRecipients(envelope);
  return new Promise((resolve, reject) => {
    session.connection.send({ from, to, size }, body, (error, info) =>
      info ? resolve(info) : reject(error ?? new Error('the server gave no answer')),
    );
  });
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
function refuseWithoutFirst({ connection }: SmtpSession, envelope: SendEnvelope): void {
  const { rejectedErrors } = (connection as unknown as { _envelope: SMTPConnectionEnvelope })._envelope;
  if (rejectedErrors.some((error: SmtpError) => isFirst(error, envelope))) {
    throw Object.assign(new Error('the first recipient was refused'), { rejectedErrors });
  }
}

/** Of several refusals that of the first in To decides what becomes of the mail. */
function decided(error: unknown, envelope: SendEnvelope) {
  const { rejectedErrors = [] } = error as { rejectedErrors?: SmtpError[] };
  return { decisive: rejectedErrors.find((refusal) => isFirst(refusal, envelope)) ?? error, refused: rejectedErrors.map(refusalOf) };
}

const isFirst = ({ recipient = '' }: SmtpError, { to: [first] }: SendEnvelope) => sameAddress(recipient, first?.address ?? '');
