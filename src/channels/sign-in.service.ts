import { Inject, Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { randomBytes } from 'node:crypto';
import { DataSource, IsNull, LessThan, MoreThan } from 'typeorm';
import type { Connector, Cursor, SignIn } from '#libs/connector';
import { Config } from '../config.js';
import { Connectors } from '../connectors.js';
import { BadRequest, fieldErrors, Forbidden, Invalid } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { type Channel, PendingSignIn } from './channel.entity.js';
import { asInvalid, Channels } from './channels.service.js';
import { choiceMs, SignInChoices } from './sign-in-choices.service.js';
import { Vault } from './vault.js';

const lifetimeMs = 10 * 60_000;

export interface SignInRequest {
  type: string;
  provider: string;
  name?: string;
  address?: string;
  channelId?: string;
  settings?: Record<string, unknown>;
}

/** What waits, sealed, until the browser comes back. */
interface Waiting {
  ticket: Cursor;
  name?: string;
  address?: string;
  settings: Record<string, unknown>;
}

/** Where providers send the browser back to, below PUBLIC_URL. */
export const signInCallback = '/channels/sign-in/callback';

/** Sign-in at a provider in the browser: connects accounts without a password, or signs a channel in again. */
@Injectable()
export class SignIns {
  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    private readonly channels: Channels,
    private readonly choices: SignInChoices,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Resolves with the provider's page to send the browser to. Good for ten minutes and one answer. */
  async begin(user: User, { type, provider, name, channelId, settings = {}, ...request }: SignInRequest): Promise<string> {
    const connector = this.connectors.find(type);
    const signIn = signInOf(connector, provider);
    await refuseUnknownSettings(connector!, settings);
    const channel = channelId ? await this.channel(channelId, type) : null;
    const address = channel?.address ?? request.address;
    const state = randomBytes(32).toString('base64url');
    const { url, ticket } = await signIn.begin({ provider, redirectUri: this.redirectUri, state, address }).catch(asInvalid);
    const waiting: Waiting = { ticket, name, address, settings };
    await this.database.transaction(async (manager) => {
      await manager.delete(PendingSignIn, { createdAt: LessThan(new Date(Date.now() - choiceMs)) });
      const sealed = this.vault.seal(JSON.stringify(waiting), state);
      await manager.insert(PendingSignIn, {
        state,
        userId: user.id,
        channelId: channel?.id ?? null,
        type,
        sealed,
        sealedAccounts: null,
        createdAt: new Date(),
      });
    });
    return url;
  }

  /** Takes the provider's answer and resolves with the channel that is connected now, or with the state under which accounts wait to be chosen. */
  async finish(user: User, query: string): Promise<{ channel: Channel } | { choice: string }> {
    const pending = await this.take(user, new URLSearchParams(query).get('state') ?? '');
    const { ticket, name, address: asked, settings } = JSON.parse(this.vault.open(pending.sealed, pending.state)) as Waiting;
    const { type, channelId } = pending;
    const connector = this.connectors.of({ type });
    const answer = await connector.signIn!.finish(new URL(`${this.redirectUri}?${query}`), ticket).catch(asInvalid);
    if (answer.accounts) {
      const channel = await this.choices.settle(pending, { name, settings }, answer.accounts);
      return channel ? { channel } : { choice: pending.state };
    }
    const address = answer.address ?? asked;
    if (asked && !isSameAccount(connector, asked, address, answer.settings))
      throw new Invalid(`You signed in as ${address}, but this is about ${asked}. Sign in with the account of that address.`);
    const complete = { ...settings, ...answer.settings };
    if (channelId) return { channel: await this.channels.update(channelId, { settings: complete }) };
    return { channel: await this.channels.create({ type, name: name ?? address ?? type, address, settings: complete }) };
  }

  private get redirectUri(): string {
    return `${this.config.publicUrl}${signInCallback}`;
  }

  private async channel(id: string, type: string): Promise<Channel> {
    const channel = await this.channels.get(id);
    if (channel.type !== type)
      throw new Invalid(`This channel is of type "${channel.type}".`, [{ path: 'type', message: 'is another one' }]);
    return channel;
  }

  /** Each answer counts once, and only in the browser of whoever asked: nobody can slip their own mailbox to an admin, or lure one into giving theirs. */
  private async take(user: User, state: string): Promise<PendingSignIn> {
    const { manager } = this.database;
    const unanswered = { state, sealedAccounts: IsNull() };
    const pending = await manager.findOneBy(PendingSignIn, { ...unanswered, createdAt: MoreThan(new Date(Date.now() - lifetimeMs)) });
    if (!pending) throw new BadRequest('This sign-in has run out or was used already. Begin it again.');
    if (pending.userId !== user.id) throw new Forbidden('Somebody else began this sign-in.');
    const { affected } = await manager.delete(PendingSignIn, unanswered);
    if (!affected) throw new BadRequest('This sign-in was used already. Begin it again.');
    return pending;
  }
}

function signInOf(connector: Connector | undefined, provider: string): SignIn {
  const offered = connector?.signIn?.providers ?? [];
  if (connector?.signIn && offered.some(({ id }) => id === provider)) return connector.signIn;
  const known = offered.map(({ id }) => id).join(', ');
  throw new Invalid('This installation is not registered with that provider.', [
    { path: 'provider', message: known ? `must be one of ${known}` : 'there is none for this type of channel' },
  ]);
}

/** What is wrong should be said before the trip to the provider, not after it; what the sign-in fills in may be missing. */
async function refuseUnknownSettings(connector: Connector, given: Record<string, unknown>): Promise<void> {
  const rules = { whitelist: true, forbidNonWhitelisted: true, skipMissingProperties: true };
  const faults = fieldErrors(await validate(plainToInstance(connector.settings, given), rules), 'settings');
  if (faults.length) throw new Invalid('Some settings are wrong.', faults);
}

function isSameAccount(connector: Connector, asked: string, address: string | undefined, settings: object): boolean {
  const idOf = (address: string | undefined) => connector.account({ address, settings }).externalId;
  return idOf(asked) === idOf(address);
}
