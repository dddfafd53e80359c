import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dovecot, startDovecot } from '../mail/dovecot.js';
import { MailCustomers } from '../mail/mail-customers.js';
import { type ReceivedMail, type SmtpSink, startSmtpSink } from '../mail/smtp-sink.js';
import { MetaCustomers } from '../meta/meta-customers.js';
import { type MetaPlatform, startMetaPlatform } from '../meta/platform.js';
import type { MetaAccount } from '../meta/world.js';
import type { NewChannel } from './admin-client.js';

/** The shop's own address. */
export const mailbox = 'support@harbour-lamps.example';
const mailPassword = 'demo-mailbox';

/** The Meta app of the demo. These secrets guard nothing: both sides of the wire are on this machine. */
export const metaApp = { appId: '618033988749894', appSecret: 'demo-app-secret', verifyToken: 'demo-verify-token' };

/** A small shop for lamps with a mailbox, a Page and an Instagram account, and customers who write to all three and below its posts. */
export class Shop {
  private readonly stopping = new AbortController();
  private readonly mailCustomers: MailCustomers;
  private readonly metaCustomers: MetaCustomers;

  private constructor(
    private readonly imap: Dovecot,
    private readonly smtp: SmtpSink,
    readonly meta: MetaPlatform,
    private readonly page: MetaAccount,
    private readonly instagram: MetaAccount,
  ) {
    const random = Math.random;
    this.mailCustomers = new MailCustomers({ deliver: (raw) => imap.deliver(mailbox, raw), brandAddress: mailbox, random });
    this.metaCustomers = new MetaCustomers({ platform: meta, accounts: [page, instagram], random, answerWithinMs: 10_000 });
  }

  /** Starts the servers of the outside world: IMAP, SMTP and Meta, which remembers its chats and comments in this directory from start to start. */
  static async open(directory: string): Promise<Shop> {
    await mkdir(directory, { recursive: true });
    const imap = await startDovecot({ users: { [mailbox]: mailPassword } });
    const smtp = await startSmtpSink({ users: { [mailbox]: mailPassword }, onMessage: (mail) => void shop.answerMail(mail) });
    const meta = await startMetaPlatform({ ...metaApp, memory: join(directory, 'meta-platform.json') });
    const page = meta.addPage({ name: 'Harbour Lamps', subscribed: true });
    const instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram', subscribed: true });
    const shop = new Shop(imap, smtp, meta, page, instagram);
    return shop;
  }

  /** What an admin of the shop types in to connect it. */
  channels(): NewChannel[] {
    const login = { host: '127.0.0.1', secure: false, user: mailbox, password: mailPassword };
    const settings = { imap: { ...login, port: this.imap.port }, smtp: { ...login, port: this.smtp.port }, importSince: 'all' };
    const { page, instagram } = this;
    return [
      { type: 'email', name: 'Harbour Lamps support', address: mailbox, settings },
      { type: 'facebook', name: 'Harbour Lamps on Facebook', settings: { pageId: page.id, pageAccessToken: page.accessToken } },
      {
        type: 'instagram',
        name: 'Harbour Lamps on Instagram',
        settings: { accountId: instagram.id, accessToken: instagram.accessToken, via: instagram.via },
      },
    ];
  }

  /** Customers write: a handful at once, then one every 20 to 60 seconds until the shop closes. */
  async trade(): Promise<void> {
    const { signal } = this.stopping;
    for (let turn = 0; !signal.aborted; turn++) {
      if (turn % 5 === 2) this.metaCustomers.commentNext();
      else if (turn % 2) this.metaCustomers.writeNext();
      else await this.mailCustomers.writeNext();
      await pause(turn < 7 ? 300 : 20_000 + Math.random() * 40_000, signal);
    }
  }

  async close(): Promise<void> {
    this.stopping.abort();
    this.metaCustomers.stop();
    await Promise.all([this.meta.stop(), this.smtp.stop(), this.imap.stop()]);
  }

  private async answerMail(mail: ReceivedMail): Promise<void> {
    const { signal } = this.stopping;
    await pause(3000 + Math.random() * 7000, signal);
    if (!signal.aborted) await this.mailCustomers.answer(mail);
  }
}

/** Resolves after this time, or at once when everything stops. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
