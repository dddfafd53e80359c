import { metaId } from './random.js';
import type { MetaAccount } from './world.js';

/** What somebody may do on a Page, in the words of `tasks`. */
export const pageTasks = ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE'];

/** Somebody who works for a business and signs in to apps. `id` is the app-scoped user id, which is no PSID. */
export interface MetaUser {
  id: string;
  name: string;
  /** Account id → tasks there. An account that is not here is none of theirs. */
  roles: Map<string, string[]>;
}

/** Everybody who has a role on an account. The first is the owner, who has all roles on all accounts. */
export class Users {
  readonly all: MetaUser[] = [];
  readonly owner: MetaUser;

  constructor(private readonly seed: number) {
    this.owner = this.add('Olive Harbour');
  }

  /** The user of that name; a new one has no roles yet. */
  add(name: string): MetaUser {
    const known = this.all.find((user) => user.name === name);
    if (known) return known;
    const user = { id: metaId('user', this.seed, name), name, roles: new Map<string, string[]>() };
    this.all.push(user);
    return user;
  }

  find(idOrName: string | null | undefined): MetaUser | undefined {
    return this.all.find(({ id, name }) => id === idOrName || name === idOrName);
  }

  accountsOf(user: MetaUser, accounts: MetaAccount[]): MetaAccount[] {
    return accounts.filter(({ id, pageId }) => user.roles.has(id) || (pageId !== undefined && user.roles.has(pageId)));
  }
}
