import MailComposer from 'nodemailer/lib/mail-composer';
import type { Outgoing } from '#libs/connector';
import type { SendEnvelope } from './envelope.js';
import { sanitizeOutgoing } from './html.js';

/** The bytes of a reply, the same each time but for the Date header, which is now. */
export function compose(outgoing: Omit<Outgoing, 'committing'>): Promise<Buffer> {
  const envelope = outgoing.envelope as unknown as SendEnvelope;
  const brackets = (id: string) => `<${id}>`;
  return new MailComposer({
    messageId: brackets(envelope.messageId),
    ...(envelope.inReplyTo && { inReplyTo: brackets(envelope.inReplyTo) }),
    references: envelope.references.map(brackets),
    subject: envelope.subject,
    from: envelope.from,
    ...(envelope.replyTo && { replyTo: envelope.replyTo }),
    to: envelope.to,
    cc: envelope.cc,
    text: outgoing.text,
    ...(outgoing.html && { html: sanitizeOutgoing(outgoing.html) }),
    attachments: outgoing.attachments,
    baseBoundary: outgoing.deliveryId,
    // Without these a file name given as `path` or `href` would be read from our disk or network.
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  })
    .compile()
    .build();
}
