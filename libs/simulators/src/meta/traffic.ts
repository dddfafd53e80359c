import type { MetaPlatform } from './platform.js';
import type { Post } from './posts.js';
import { seededRandom } from './random.js';
import type { MetaAccount, MetaCustomer } from './world.js';

interface TrafficOptions {
  platform: MetaPlatform;
  accounts: MetaAccount[];
  /** The same seed gives the same traffic. */
  seed: number;
  /** How many people there are. */
  people?: number;
  /** The platform's time between two happenings, at most, ms; at least 1. */
  everyMs?: number;
}

/** A message or a comment of a customer's, about which more can happen. */
interface Said {
  account: MetaAccount;
  customer: MetaCustomer;
  id: string;
  /** What happened to it once already; feed events of a comment carry no order, so none of it happens twice. */
  done: Set<string>;
}

const words = [
  'lamp',
  'brass',
  'straße',
  'Dune',
  'when?',
  'größer',
  '👋🏽',
  'merci',
  'https://shop.example/l/4?a=1',
  'שלום',
  'order',
  '👨‍👩‍👧',
  'shade',
];
/** How often things happen, by comparison. */
const weights = {
  ...{ write: 40, files: 6, story: 2, react: 14, edit: 8, unsend: 5, native: 4, noise: 2 },
  ...{ comment: 12, 'edit-comment': 4, 'hide-comment': 3, 'delete-comment': 2 },
};
const emojis = ['❤️', '😆', '👍', '😮', '🔥'];

/** People who write, edit, react, take back and comment at all accounts at once, by chance. */
export class Traffic {
  private readonly messages: Said[] = [];
  private readonly comments: Said[] = [];
  private readonly posts: Post[];
  private readonly random: () => number;
  private count = 0;

  constructor(private readonly options: TrafficOptions) {
    this.random = seededRandom(options.seed);
    this.posts = options.accounts.flatMap((account) => this.postsOf(account));
  }

  /** So many things happen, one after the other; resolves with how many of each. Deliveries go on meanwhile. */
  async run(happenings: number): Promise<Record<string, number>> {
    const counted: Record<string, number> = {};
    for (let i = 0; i < happenings; i++) {
      const what = this.next();
      counted[what] = (counted[what] ?? 0) + 1;
      this.options.platform.advance(1 + Math.floor(this.random() * (this.options.everyMs ?? 50)));
      // Sockets get their turn, as they would if people took their time.
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return counted;
  }

  private next(): string {
    const what = this.drawn();
    const acts: Record<string, () => boolean> = {
      write: () => this.write(),
      files: () => this.sendFiles(),
      story: () => this.story(),
      react: () => this.onMessage((said) => this.react(said)),
      edit: () => this.onMessage((said) => this.edit(said)),
      unsend: () => this.onMessage((said) => this.unsend(said)),
      noise: () => this.onMessage((said) => this.rustle(said)),
      native: () => this.onMessage(({ account, customer }) => void this.options.platform.nativeReply(account, customer, this.line())),
      comment: () => this.comment(),
      'edit-comment': () => this.onComment('edit', ({ id }) => this.options.platform.customerEditsComment(id, this.line())),
      'hide-comment': () => this.onComment('hide', ({ id }) => this.options.platform.nativeHide(id)),
      'delete-comment': () => this.onComment('delete', ({ id }) => this.options.platform.customerDeletesComment(id)),
    };
    if (acts[what]!()) return what;
    this.write();
    return 'write';
  }

  private drawn(): string {
    const all = Object.entries(weights);
    let left = this.random() * all.reduce((sum, [, weight]) => sum + weight, 0);
    return all.find(([, weight]) => (left -= weight) < 0)![0];
  }

  private write(): boolean {
    const { account, customer } = this.somebody();
    const earlier = this.messages.findLast((said) => said.account === account && said.customer === customer && !said.done.has('unsent'));
    const replyTo = earlier && this.random() < 0.1 ? earlier.id : undefined;
    return this.said(account, customer, this.options.platform.customerWrites(account, customer, this.line(), { replyTo }));
  }

  private sendFiles(): boolean {
    const { account, customer } = this.somebody();
    const kind = this.pick(['image', 'image', 'video', 'audio', 'file'] as const);
    return this.said(account, customer, this.options.platform.customerSendsFiles(account, customer, { kind }));
  }

  private story(): boolean {
    const { account, customer } = this.somebody();
    if (account.kind !== 'instagram') return false;
    return this.said(account, customer, this.options.platform.customerOnStory(account, customer, 'reply', this.line()));
  }

  private react({ account, customer, id }: Said): void {
    this.options.platform.customerReacts(account, customer, id, this.random() < 0.25 ? null : this.pick(emojis));
  }

  private edit({ account, customer, id, done }: Said): void {
    const times = [...done].filter((what) => what.startsWith('edit')).length;
    if (times >= 5) return this.react({ account, customer, id, done });
    done.add(`edit ${times}`);
    this.options.platform.customerEdits(account, customer, id, this.line());
  }

  /** What Instagram tells of messages that nobody edited, without saying whose. */
  private rustle({ account, id }: Said): void {
    const { platform } = this.options;
    if (account.kind === 'instagram') void platform.emit(account, { timestamp: platform.now(), message_edit: { mid: id, num_edit: 0 } });
  }

  private unsend({ account, customer, id, done }: Said): void {
    done.add('unsent');
    this.options.platform.customerUnsends(account, customer, id);
  }

  private comment(): boolean {
    const post = this.pick(this.posts);
    const above = this.comments.filter(({ id }) => {
      const comment = this.options.platform.comment(id);
      return comment?.post === post && comment.removedAt === null;
    });
    const parent = above.length && this.random() < 0.3 ? this.pick(above).id : undefined;
    const { customer } = this.somebody();
    const id = this.options.platform.customerComments(post.account, post, customer, this.line(), { parent });
    this.comments.push({ account: post.account, customer, id, done: new Set() });
    return true;
  }

  private onMessage(act: (said: Said) => void): boolean {
    const open = this.messages.filter(({ done }) => !done.has('unsent'));
    if (!open.length) return false;
    act(this.pick(open));
    return true;
  }

  /** Only on Facebook: of what becomes of a comment Instagram tells nobody. */
  private onComment(what: string, act: (said: Said) => void): boolean {
    const open = this.comments.filter(({ account, id, done }) => {
      return account.kind === 'page' && !done.has(what) && this.options.platform.comment(id)?.removedAt === null;
    });
    if (!open.length) return false;
    const said = this.pick(open);
    said.done.add(what);
    act(said);
    return true;
  }

  private said(account: MetaAccount, customer: MetaCustomer, id: string): true {
    this.messages.push({ account, customer, id, done: new Set() });
    return true;
  }

  private somebody(): { account: MetaAccount; customer: MetaCustomer } {
    const number = Math.floor(this.random() * (this.options.people ?? 40));
    return { account: this.pick(this.options.accounts), customer: this.options.platform.customer(`Person ${number}`) };
  }

  /** Never the same twice, so that nothing can be taken for something else. */
  private line(): string {
    return `${++this.count} ${Array.from({ length: 1 + Math.floor(this.random() * 6) }, () => this.pick(words)).join(' ')}`;
  }

  private postsOf(account: MetaAccount): Post[] {
    const { platform } = this.options;
    const post = platform.addPost(account, { text: 'Spring lamps are here' });
    return [post, platform.addPost(account, { text: 'Try one', ad: account.kind === 'page' ? true : { of: post } })];
  }

  private pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)]!;
  }
}
