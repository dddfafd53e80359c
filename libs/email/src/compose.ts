import MailComposer from 'nodemailer/lib/mail-composer';
import type { Outgoing, OutgoingAttachment } from '#libs/connector';
import { signed } from './dkim.js';
import type { SendEnvelope } from './envelope.js';
import { sanitizeOutgoing } from './html.js';
import type { DkimSettings } from './settings.js';
import { textToHtml } from './text-html.js';

/** The bytes of a reply, the same each time: what is filed in Sent is what was sent, and a second attempt is the same mail. */
export async function compose(outgoing: Omit<Outgoing, 'committing'>, dkim?: DkimSettings): Promise<Buffer> {
  const envelope = outgoing.envelope as unknown as SendEnvelope;
  const { html, attachments } = withInlineImages(htmlOf(outgoing, envelope), outgoing.attachments, envelope.from.address);
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
    html,
    attachments,
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

function htmlOf({ text, html }: Pick<Outgoing, 'text' | 'html'>, { signature, quote }: SendEnvelope): string {
  const written = html ? sanitizeOutgoing(cidImages(html)) : textToHtml(text);
  const parts = [written, signature && `<div class="signature"><p>-- </p>\n${textToHtml(signature)}</div>`, quote?.html];
  return `<div>${parts.filter(Boolean).join('\n<br>\n')}</div>`;
}

/** An image of an attached file, by the address under which our own page shows it. */
const attachedImage = /(<img\b[^>]*?\bsrc\s*=\s*["'])[^"'>]*\/attachments\/([\w-]{1,64})(?:[?#/][^"'>]*)?(["'])/gi;

const cidImages = (html: string) => html.replace(attachedImage, '$1cid:$2$3');

/** Files that the text shows go along as parts of it (RFC 2392), all others as attachments. */
function withInlineImages(html: string, attachments: OutgoingAttachment[], from: string) {
  const domain = from.split('@').at(-1);
  const shown = (id: string) => html.includes(`src="cid:${id}"`);
  const named = attachments
    .filter(({ id }) => shown(id))
    .reduce((page, { id }) => page.replaceAll(`src="cid:${id}"`, `src="cid:${id}@${domain}"`), html);
  const parts = attachments.map(({ id, ...file }) =>
    shown(id) ? { ...file, cid: `${id}@${domain}`, contentDisposition: 'inline' as const } : file,
  );
  return { html: named, attachments: parts };
}
