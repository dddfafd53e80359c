import { createCipheriv, createHash } from 'node:crypto';
import { mailbox } from './world.js';

/** A mail as a customer wrote it. */
export interface Letter {
  messageId: string;
  from: string;
  subject: string;
  text: string;
  at: Date;
  inReplyTo?: string;
  references: string[];
  file?: { name: string; content: Buffer };
}

/** Bytes that look random and are the same for the same name. */
export function bytesNamed(name: string, size: number): Buffer {
  const key = createHash('sha256').update(name).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

export function rawMail({ messageId, from, subject, text, at, inReplyTo, references, file }: Letter): string {
  const head = [
    `From: ${from}`,
    `To: ${mailbox}`,
    `Subject: ${subject}`,
    `Date: ${at.toUTCString()}`,
    `Message-ID: <${messageId}>`,
    ...(inReplyTo ? [`In-Reply-To: <${inReplyTo}>`, `References: ${references.map((id) => `<${id}>`).join(' ')}`] : []),
    'MIME-Version: 1.0',
  ];
  const words = ['Content-Type: text/plain; charset=utf-8', '', text, ''];
  if (!file) return [...head, ...words].join('\r\n');
  const boundary = `=_${messageId.replace(/\W/g, '')}`;
  const attached = [
    'Content-Type: application/octet-stream',
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${file.name}"`,
    '',
    ...file.content.toString('base64').match(/.{1,76}/g)!,
  ];
  const parts = [`--${boundary}`, ...words, `--${boundary}`, ...attached, `--${boundary}--`, ''];
  return [...head, `Content-Type: multipart/mixed; boundary="${boundary}"`, '', ...parts].join('\r\n');
}
