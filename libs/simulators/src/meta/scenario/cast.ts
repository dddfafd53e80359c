import type { MetaPlatform } from '../platform.js';
import type { Post } from '../posts.js';
import type { MetaUser } from '../users.js';
import type { MetaAccount } from '../world.js';

/** Who and what steps speak of: accounts, and what was given a name with `as`. */
export class Cast {
  private readonly accounts = new Map<string, MetaAccount>();
  private readonly ids = new Map<string, string>();

  constructor(readonly platform: MetaPlatform) {}

  addAccount(name: string, account: MetaAccount): void {
    this.accounts.set(name, account);
  }

  /** An account by its name here, its id, or its own name. */
  account(name: string): MetaAccount {
    const found = this.accounts.get(name) ?? this.platform.allAccounts.find(({ id, name: own }) => id === name || own === name);
    if (!found) throw new Error(`there is no account ${name}`);
    return found;
  }

  user(name: string): MetaUser {
    const found = this.platform.allUsers.find((user) => user.name === name || user.id === name);
    if (!found) throw new Error(`there is no user ${name}`);
    return found;
  }

  /** Remembers the id of what a step made. */
  call(name: string, id: unknown): void {
    this.ids.set(name, String(id));
  }

  /** The id that has this name; what is nobody's name is an id itself. */
  id(name: string): string {
    return this.ids.get(name) ?? name;
  }

  post(name: string): Post {
    const post = this.platform.post(this.id(name));
    if (!post) throw new Error(`there is no post ${name}`);
    return post;
  }
}
