import type { Core } from './core.js';
import type { MetaAccount } from './world.js';

/** How Meta loses patience with a callback that fails: an alert first, then the account is unsubscribed, of which nobody is told. */
export class CallbackHealth {
  private readonly failing = new Map<MetaAccount, { since: number; alerted: boolean }>();

  constructor(private readonly core: Core) {}

  took(accounts: Iterable<MetaAccount>): void {
    for (const account of accounts) this.failing.delete(account);
  }

  failed(accounts: Iterable<MetaAccount>): void {
    for (const account of accounts) this.count(account);
  }

  private count(account: MetaAccount): void {
    const { clock, habits, note } = this.core;
    const state = this.failing.get(account) ?? { since: clock.now(), alerted: false };
    this.failing.set(account, state);
    const minutes = Math.round((clock.now() - state.since) / 60_000);
    if (!state.alerted && clock.now() - state.since >= habits.alertAfterMs) {
      state.alerted = true;
      note('webhooks-alert', `${account.name}: webhooks have been failing for ${minutes} minutes`);
    }
    if (clock.now() - state.since < habits.disableAfterMs) return;
    this.failing.delete(account);
    this.unsubscribe(account);
    note('webhooks-disabled', `${account.name} was unsubscribed after ${minutes} minutes of failures`);
  }

  /** An Instagram account on a Page has no subscription of its own. */
  private unsubscribe(account: MetaAccount): void {
    account.subscribedFields = [];
    for (const page of this.core.world.accounts) if (page.id === account.pageId && account.via === 'facebook') page.subscribedFields = [];
  }
}
