import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan, Not } from 'typeorm';
import type { GrantedAccount } from '#libs/connector';
import { Forbidden, Invalid, NotFound, Problem } from '../errors.js';
import type { User } from '../people/user.entity.js';
import { type Channel, PendingSignIn } from './channel.entity.js';
import { ChannelViews } from './channel-views.service.js';
import { Channels } from './channels.service.js';
import type { SignInChoiceView, SignInOutcomeView } from './sign-in.shapes.js';
import { Vault } from './vault.js';

/** How long what a sign-in opened waits, sealed, for somebody to choose from it. */
export const choiceMs = 30 * 60_000;

/** What the admin entered before the trip to the provider. */
interface Entered {
  name?: string;
  settings: Record<string, unknown>;
}

/** A sign-in that opens several accounts at once: what it opened, and connecting those that are chosen. */
@Injectable()
export class SignInChoices {
  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly views: ChannelViews,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** Connects where there is nothing to choose: one account alone, or the one that is signed in again. Else keeps them all and resolves with null. */
  async settle(pending: PendingSignIn, { name, settings }: Entered, accounts: GrantedAccount[]): Promise<Channel | null> {
    const granted = accounts.map((account) => ({ ...account, settings: { ...settings, ...account.settings } }));
    if (pending.channelId) return this.signInAgain(await this.channels.get(pending.channelId), granted);
    const [only] = granted;
    if (only?.usable && granted.length === 1) return this.connect(pending.type, only, name);
    await this.database.manager.insert(PendingSignIn, { ...pending, sealedAccounts: this.seal(pending, granted), createdAt: new Date() });
    return null;
  }

  /** What there is to choose. Throws NotFound once that has run out. */
  async list(user: User, state: string): Promise<SignInChoiceView> {
    const { type, accounts } = await this.kept(user, state);
    const ids = accounts.map(({ account }) => account.externalId);
    const connected = new Set((await this.channels.connected(type, ids)).map(({ account }) => account));
    const items = accounts.map(({ account: { externalId, address }, label, usable, missing }) => ({
      ...{ externalId, label, address, usable, missing },
      connected: connected.has(externalId),
    }));
    return { type, items };
  }

  /** Connects those accounts one after the other; what goes wrong with one is told and stops no other. */
  async choose(user: User, state: string, externalIds: string[]): Promise<SignInOutcomeView[]> {
    const { type, accounts } = await this.kept(user, state);
    const outcomes: SignInOutcomeView[] = [];
    for (const externalId of new Set(externalIds)) {
      const account = accounts.find((one) => one.account.externalId === externalId);
      outcomes.push({ externalId, ...(await this.outcome(type, account)) });
    }
    return outcomes;
  }

  private async outcome(type: string, account: GrantedAccount | undefined): Promise<Omit<SignInOutcomeView, 'externalId'>> {
    try {
      if (!account) throw new Invalid('This sign-in does not open that account.');
      return { channel: await this.views.of(await this.connect(type, account)), error: null };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { channel: null, error: error.message };
    }
  }

  private connect(type: string, granted: GrantedAccount, name = granted.label): Promise<Channel> {
    refuseUnlessUsable(granted);
    return this.channels.create({ type, name, address: granted.account.address, settings: { ...granted.settings } });
  }

  private async signInAgain(channel: Channel, granted: GrantedAccount[]): Promise<Channel> {
    const own = granted.find(({ account }) => account.externalId === channel.externalId);
    if (!own) {
      const others = granted.map(({ label }) => `“${label}”`).join(', ');
      throw new Invalid(
        `“${channel.name}” (${channel.address}) is not among what was granted (${others}). Sign in as someone who manages it, and tick it.`,
      );
    }
    refuseUnlessUsable(own);
    return this.channels.update(channel.id, { settings: { ...own.settings } });
  }

  private async kept(user: User, state: string): Promise<{ type: string; accounts: GrantedAccount[] }> {
    const createdAt = MoreThan(new Date(Date.now() - choiceMs));
    const pending = await this.database.manager.findOneBy(PendingSignIn, { state, createdAt, sealedAccounts: Not(IsNull()) });
    if (!pending) throw new NotFound('This sign-in has run out. Begin it again.');
    if (pending.userId !== user.id) throw new Forbidden('Somebody else began this sign-in.');
    return { type: pending.type, accounts: JSON.parse(this.vault.open(pending.sealedAccounts!, ownerOf(pending))) as GrantedAccount[] };
  }

  private seal(pending: PendingSignIn, accounts: GrantedAccount[]): string {
    return this.vault.seal(JSON.stringify(accounts), ownerOf(pending));
  }
}

const ownerOf = ({ state }: PendingSignIn) => `${state} accounts`;

function refuseUnlessUsable({ label, usable, missing }: GrantedAccount): void {
  if (!usable) throw new Invalid(`“${label}” cannot be connected with what was granted. ${missing.join(' ')}`);
}
