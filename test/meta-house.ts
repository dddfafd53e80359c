import { startApp, type RunningApp } from '../src/app.js';
import { Vault } from '../src/channels/vault.js';
import { readConfig } from '../src/config.js';
import { PublicFiles } from '../src/conversations/public-files.service.js';
import { Api, type Channel, type Conversation, type Message } from './api.js';
import { adminEmail, adminPassword, eventually, freshGround, type Ground } from './house.js';
import { Outside } from './outside.js';

/** An app with a Page and an Instagram account connected, and Meta calling it. */
export class MetaHouse {
  private constructor(
    readonly outside: Outside,
    readonly api: Api,
    readonly facebook: string,
    private readonly ground: Ground,
    private app: RunningApp,
  ) {}

  static async open(): Promise<MetaHouse> {
    const outside = await Outside.start();
    const ground = await freshGround(outside.env);
    const app = await startApp(readConfig(ground.env));
    const api = await Api.signIn(app.url!, adminEmail, adminPassword);
    const connect = async (channel: object) => {
      const { status, body } = await api.post<Channel>('/channels', channel);
      if (status !== 201) throw new Error(`cannot connect: ${status} ${JSON.stringify(body)}`);
      return body.id;
    };
    const facebook = await connect(outside.facebookChannel());
    await connect(outside.instagramChannel());
    await outside.meta.subscribe({ callbackUrl: `${app.url}/webhooks/meta` });
    return new MetaHouse(outside, api, facebook, ground, app);
  }

  get meta() {
    return this.outside.meta;
  }

  /** On PostgreSQL. */
  get databaseUrl() {
    return this.ground.env.DATABASE_URL;
  }

  get page() {
    return this.outside.page;
  }

  async messages(conversationId: string): Promise<Message[]> {
    return (await this.api.all<Message>(`/conversations/${conversationId}/messages`)).filter(({ kind }) => kind === 'message');
  }

  /** The lines that tell what was done. */
  async lines(conversationId: string): Promise<string[]> {
    const all = await this.api.all<Message>(`/conversations/${conversationId}/messages`);
    return all.filter(({ kind }) => kind === 'event').map(({ text }) => text);
  }

  async conversation(id: string): Promise<Conversation> {
    return (await this.api.get<Conversation>(`/conversations/${id}`)).body;
  }

  /** Resolves with the conversation and the message once what the platform calls so has arrived. */
  arrived(externalId: string): Promise<{ conversation: Conversation; message: Message }> {
    return eventually(async () => {
      for (const conversation of await this.api.all<Conversation>('/conversations')) {
        const message = (await this.messages(conversation.id)).find((one) => one.externalId === externalId);
        if (message) return { conversation, message };
      }
      throw new Error(`${externalId} has not arrived`);
    });
  }

  async reply(conversationId: string, reply: object): Promise<Message> {
    const { status, body } = await this.api.post<Message>(`/conversations/${conversationId}/replies`, reply);
    if (status !== 202) throw new Error(`not taken: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Waits until the deliveries of our messages are in these states, in the order of the messages; what was delivered or read counts as sent. */
  deliveries(conversationId: string, states: string[]): Promise<Message[]> {
    return eventually(async () => {
      const ours = (await this.messages(conversationId)).filter(({ delivery }) => delivery);
      expect(ours.map(({ delivery }) => delivery!.state.replace(/delivered|read/, 'sent'))).toEqual(states);
      return ours;
    });
  }

  /** As the app that is running signs them. */
  publicFiles(): PublicFiles {
    const config = readConfig(this.ground.env);
    return new PublicFiles(config, Vault.open(config));
  }

  /** Stops the app, and starts it on the same ground when `away` is over. */
  async restart(away: () => Promise<unknown>): Promise<void> {
    await this.app.stop();
    await away();
    this.app = await startApp(readConfig(this.ground.env));
  }

  async close(): Promise<void> {
    await this.app.stop();
    await this.ground.clear();
    await this.outside.stop();
  }
}
