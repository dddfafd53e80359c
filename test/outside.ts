import { randomUUID } from 'node:crypto';
import {
  type Dovecot,
  type MetaAccount,
  type MetaPlatform,
  type SmtpSink,
  startDovecot,
  startMetaPlatform,
  startSmtpSink,
} from '#libs/simulators';
import type { Api, Channel } from './api.js';

export const supportAddress = 'support@harbour-lamps.example';
/** A second mailbox of the brand. */
export const salesAddress = 'sales@harbour-lamps.example';
export const imapPassword = 'the mailbox password';

/** The world the app talks to: a mail server, an outgoing mail server, and Meta. */
export class Outside {
  private constructor(
    readonly dovecot: Dovecot,
    readonly smtp: SmtpSink,
    readonly meta: MetaPlatform,
    readonly page: MetaAccount,
    readonly instagram: MetaAccount,
  ) {}

  static async start(): Promise<Outside> {
    const [dovecot, smtp, meta] = await Promise.all([
      startDovecot({ users: { [supportAddress]: imapPassword, [salesAddress]: imapPassword } }),
      startSmtpSink(),
      startMetaPlatform({ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'verify me' }),
    ]);
    const page = meta.addPage({ name: 'Harbour Lamps' });
    const instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
    return new Outside(dovecot, smtp, meta, page, instagram);
  }

  /** The environment that points an app at this world. */
  get env(): Record<string, string> {
    return {
      META_APP_ID: '900100200300400',
      META_APP_SECRET: 'sim-app-secret-0001',
      META_VERIFY_TOKEN: 'verify me',
      META_GRAPH_URL: this.meta.url,
      INSTAGRAM_GRAPH_URL: this.meta.url,
    };
  }

  emailChannel(password = imapPassword, { address = supportAddress, ...settings }: { address?: string } & Record<string, unknown> = {}) {
    const imap = { host: this.dovecot.host, port: this.dovecot.port, secure: false, user: address, password };
    const smtp = { host: this.smtp.host, port: this.smtp.port, secure: false };
    return { type: 'email', name: address.split('@')[0]!, address, settings: { imap, smtp, ...settings } };
  }

  facebookChannel() {
    return { type: 'facebook', name: 'Our Page', settings: { pageId: this.page.id, pageAccessToken: this.page.accessToken } };
  }

  instagramChannel() {
    const { id: accountId, accessToken } = this.instagram;
    return { type: 'instagram', name: 'Our Instagram', settings: { accountId, accessToken, via: 'facebook' } };
  }

  /** Connects all three channels as an admin does and has Meta call the app. */
  async connect(api: Api): Promise<{ email: string; facebook: string; instagram: string }> {
    const ids: string[] = [];
    for (const channel of [this.emailChannel(), this.facebookChannel(), this.instagramChannel()]) {
      const { status, body } = await api.post<Channel>('/channels', channel);
      if (status !== 201) throw new Error(`cannot connect ${channel.type}: ${status} ${JSON.stringify(body)}`);
      ids.push(body.id);
    }
    await this.meta.subscribe({ callbackUrl: `${api.url}/webhooks/meta` });
    return { email: ids[0]!, facebook: ids[1]!, instagram: ids[2]! };
  }

  deliver(raw: string | Buffer): Promise<void> {
    return this.dovecot.deliver(supportAddress, raw);
  }

  async stop(): Promise<void> {
    await Promise.all([this.dovecot.stop(), this.smtp.stop(), this.meta.stop()]);
  }
}

export interface TestMail {
  from?: string;
  subject?: string;
  text?: string;
  messageId?: string;
  inReplyTo?: string;
  references?: string[];
}

/** A plain mail to the brand. */
export function mail({
  from = 'Ada Moss <ada@customer.example>',
  subject = 'A lamp',
  text = 'Hello',
  messageId,
  inReplyTo,
  references,
}: TestMail): string {
  return [
    `From: ${from}`,
    `To: ${supportAddress}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: ${messageId ?? `<${randomUUID()}@customer.example>`}`,
    ...(inReplyTo ? [`In-Reply-To: ${inReplyTo}`] : []),
    ...(references?.length ? [`References: ${references.join(' ')}`] : []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '',
  ].join('\r\n');
}

/** One header of a raw mail, unfolded. */
export function header(raw: Buffer | string, name: string): string | undefined {
  const head = raw
    .toString()
    .split(/\r?\n\r?\n/)[0]!
    .replace(/\r?\n[ \t]+/g, ' ');
  return head.match(new RegExp(`^${name}: *(.*)$`, 'im'))?.[1];
}
