import type { Memory } from './memory.js';
import { metaId } from './random.js';
import type { MetaAccount, World } from './world.js';

export interface NewPage {
  id?: string;
  name: string;
  accessToken?: string;
  /** Whether its direct messages flow at once, without a `subscribed_apps` call. */
  subscribed?: boolean;
}

export interface NewInstagramAccount {
  /** Its `user_id`. */
  id?: string;
  username: string;
  via: MetaAccount['via'];
  pageId?: string;
  accessToken?: string;
  subscribed?: boolean;
}

/** The business accounts there are, and how new ones come. */
export class Accounts {
  constructor(
    private readonly world: World,
    private readonly memory: Memory | null,
  ) {}

  addPage({ id, name, accessToken, subscribed }: NewPage): MetaAccount {
    const known = id ?? metaId('page', name);
    return this.add({ kind: 'page', via: 'facebook', id: known, name, accessToken: accessToken ?? `EAASIM${known}` }, subscribed);
  }

  addInstagram({ username: name, via, pageId, subscribed, ...account }: NewInstagramAccount): MetaAccount {
    const id = account.id ?? `1784${metaId('instagram', name).padEnd(17, '0').slice(4)}`;
    const linked = this.world.accounts.find((page) => page.id === pageId);
    if (via === 'facebook' && !linked)
      throw new Error('through Facebook an Instagram account needs the id of a Page that was added before');
    const accessToken = linked?.accessToken ?? account.accessToken ?? `IGAASIM${id}`;
    return this.add({ kind: 'instagram', via, id, name, accessToken, pageId }, subscribed);
  }

  private add(account: Omit<MetaAccount, 'subscribedFields'>, subscribed = false): MetaAccount {
    const added = { ...account, subscribedFields: subscribed ? ['messages', 'message_echoes'] : [] };
    this.world.accounts.push(added);
    this.memory?.recall(this.world, added);
    return added;
  }
}
