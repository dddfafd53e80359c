import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import type { Channel, Conversation, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { header, imapPassword, mail, Outside, supportAddress, type TestMail } from './outside.js';

/** An app with a mailbox connected, and customers who write to it. */
export class MailHouse {
  private constructor(
    readonly outside: Outside,
    readonly house: House,
    readonly channelId: string,
  ) {}

  static async open(settings: Record<string, unknown> = {}): Promise<MailHouse> {
    const outside = await Outside.start();
    // The mailbox has been in use: there is a Sent folder.
    await outside.dovecot.deliver(supportAddress, mail({ subject: 'Sent before' }), 'Sent');
    const house = await openHouse(outside.env);
    const { status, body } = await house.api.post<Channel>('/channels', outside.emailChannel(imapPassword, settings));
    if (status !== 201) throw new Error(`cannot connect the mailbox: ${status} ${JSON.stringify(body)}`);
    return new MailHouse(outside, house, body.id);
  }

  get api() {
    return this.house.api;
  }

  /** Delivers a mail, with further header lines on top, and resolves with the conversation it ended in. */
  async arrives(letter: TestMail & { text: string }, headers: Record<string, string> = {}): Promise<Conversation> {
    await this.deliver(mail(letter), headers);
    return this.with(letter.text);
  }

  deliver(raw: string, headers: Record<string, string> = {}): Promise<void> {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.outside.deliver(lines.join('') + raw);
  }

  /** The conversation with a message of this text, once there is one. */
  with(text: string): Promise<Conversation> {
    return eventually(async () => {
      for (const conversation of await this.conversations())
        if ((await this.texts(conversation)).includes(text)) return this.get(conversation);
      throw new Error(`"${text}" has not arrived`);
    });
  }

  conversations(): Promise<Conversation[]> {
    return this.api.all<Conversation>('/conversations');
  }

  async get({ id }: { id: string }): Promise<Conversation> {
    return (await this.api.get<Conversation>(`/conversations/${id}`)).body;
  }

  async messages({ id }: { id: string }): Promise<Message[]> {
    return this.api.all<Message>(`/conversations/${id}/messages`);
  }

  async texts(conversation: { id: string }): Promise<string[]> {
    return (await this.messages(conversation)).filter(({ kind }) => kind !== 'event').map(({ text }) => text);
  }

  /** Answers, and resolves with the message and the raw mail once it was sent. */
  async answers(
    conversation: { id: string },
    text: string,
    more: { cc?: string[]; then?: 'close' } = {},
  ): Promise<{ id: string; messageId: string }> {
    const { status, body } = await this.api.post<Message>(`/conversations/${conversation.id}/replies`, { text, ...more });
    if (status !== 202) throw new Error(`cannot answer: ${status} ${JSON.stringify(body)}`);
    await eventually(async () => {
      const sent = (await this.messages(conversation)).find(({ id }) => id === body.id);
      if (sent?.delivery?.state !== 'sent') throw new Error(`not sent: ${JSON.stringify(sent?.delivery)}`);
    });
    const raw = this.outside.smtp.messages
      .map((sent) => sent.raw)
      .find((sent) => header(sent, 'Message-ID') === `<${body.externalId?.slice(4)}>`);
    if (!raw) throw new Error(`"${text}" has not reached the mail server`);
    return { id: body.id, messageId: header(raw, 'Message-ID')! };
  }

  /** Time travel and the like: what no API may do. */
  async sql(statement: string): Promise<void> {
    const { DATABASE_URL, DATA_DIR } = this.house.ground.env;
    if (!DATABASE_URL) {
      // The app's own library: two of them in one process undo each other's locks (sqlite.org/howtocorrupt.html, 2.2).
      const database = new Database(join(DATA_DIR!, 'tributary.sqlite'), { timeout: 5_000 });
      database.exec(statement);
      return void database.close();
    }
    const client = new pg.Client(DATABASE_URL);
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }

  async close(): Promise<void> {
    await this.outside?.stop();
    await this.house?.stop();
  }
}
