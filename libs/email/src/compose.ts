import MailComposer from 'nodemailer/lib/mail-composer';
import type { Outgoing } from '#libs/connector';
import { signed } from './dkim.js';
import type { SendEnvelope } from './envelope.js';
import { sanitizeOutgoing } from './html.js';
import type { DkimSettings } from './settings.js';
import { textToHtml } from './text-html.js';

/** The bytes of a reply, the same each time: what is filed in Sent is what was sent, and a second attempt is the same mail. */
export async function compose(outgoing: Omit<Outgoing, 'committing'>, dkim?: DkimSettings): Promise<Buffer> {
  const envelope = outgoing.envelope as unknown as SendEnvelope;
  const { written, files } = withImages(outgoing, envelope.from.address);
  const raw = await new MailComposer({
    messageId: brackets(envelope.messageId),
    ...(envelope.inReplyTo && { inReplyTo: brackets(envelope.inReplyTo) }),
    references: envelope.references.map(brackets),
    subject: envelope.subject,
    from: envelope.from,
    ...(envelope.replyTo && { replyTo: envelope.replyTo }),
    to: envelope.to,
    cc: envelope.cc,
    date: new Date(envelope.date),
    headers: { 'Thread-Topic': envelope.threadTopic, 'Thread-Index': envelope.threadIndex, ...automatic(envelope.loopMark) },
    text: textOf(outgoing, envelope),
    html: htmlOf(written, envelope),
    attachments: files,
    baseBoundary: outgoing.deliveryId,
    // Without these a file name given as `path` or `href` would be read from our disk or network.
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  })
    .compile()
    .build();
  return dkim ? signed(raw, dkim) : raw;
}

const brackets = (id: string) => `<${id}>`;

/** What keeps machines from answering (RFC 3834 §5; the others are what Exchange and old programs know). */
function automatic(loopMark: string | null): Record<string, string> {
  if (!loopMark) return {};
  const headers = { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All', Precedence: 'auto_reply' };
  return { ...headers, 'X-Tributary-Loop': loopMark };
}

/** The signature stands below the line that every program knows for its beginning (RFC 3676 §4.3), the quote below that. */
function textOf({ text }: Pick<Outgoing, 'text'>, { signature, quote }: SendEnvelope): string {
  return [text.trimEnd(), signature && `-- \n${signature}`, quote?.text].filter(Boolean).join('\n\n');
}

function htmlOf(written: string, { signature, quote }: SendEnvelope): string {
  const parts = [written, signature && `<div class="signature"><p>-- </p>\n${textToHtml(signature)}</div>`, quote?.html];
  return `<div>${parts.filter(Boolean).join('\n<br>\n')}</div>`;
}

/** An image by the address under which our own page shows an uploaded file. */
const uploadedImage = /(<img\b[^>]*?\bsrc\s*=\s*["'])[^"'>]*\/attachments\/([\w-]{1,64})(?:[?#/][^"'>]*)?(["'])/gi;

/** The answer as safe HTML. Attached images that it shows go along as parts of it (RFC 2392), all other files as attachments. */
function withImages({ text, html, attachments }: Omit<Outgoing, 'committing'>, from: string) {
  const shown = new Set<string>();
  const cidOf = (id: string) => `${id}@${from.split('@').at(-1)}`;
  const known = (id: string) => attachments.some((file) => file.id === id) && shown.add(id);
  const embedded = html?.replace(uploadedImage, (_image, before: string, id: string, after: string) =>
    [before, known(id) ? `cid:${cidOf(id)}` : '', after].join(''),
  );
  const files = attachments.map(({ id, ...file }) =>
    shown.has(id) ? { ...file, cid: cidOf(id), contentDisposition: 'inline' as const } : file,
  );
  return { written: embedded ? sanitizeOutgoing(embedded) : textToHtml(text), files };
}
