import type { MetaAccount } from '#libs/simulators';
import type { Dice } from './dice.js';
import { bytesNamed } from './letters.js';
import type { World } from './world.js';

type Deed = () => void;
type Post = ReturnType<World['meta']['addPost']>;

const emojis = ['❤️', '😂', '👍', null] as const;
const people = 15;
const mostEdits = 5;

/** People on Messenger and Instagram, in chats and below posts. What they did is the platform's truth. */
export class SocialCustomers {
  /** What was attached, by the message's id. */
  readonly files = new Map<string, Buffer>();
  private readonly posts: Post[];
  private number = 0;

  constructor(
    private readonly world: World,
    private readonly dice: Dice,
    private readonly toldAt: Map<string, number>,
  ) {
    const { meta, page, instagram } = world;
    this.posts = [page, page, instagram].map((account, n) => meta.addPost(account, { text: `Lamps, part ${n}` }));
  }

  act(): void {
    const { page, instagram } = this.world;
    const account = this.dice.chance(0.6) ? page : instagram;
    const deeds: Array<[weight: number, deed: Deed]> = [
      [40, () => this.writes(account)],
      [8, () => this.sendsFile()],
      [10, () => this.edits(account)],
      [5, () => this.unsends(account)],
      [10, () => this.reacts(account)],
      [14, () => this.comments()],
      [6, () => this.editsComment()],
      [3, () => this.deletesComment()],
    ];
    let place = this.dice.between(0, deeds.reduce((sum, [weight]) => sum + weight, 0) - 1);
    deeds.find(([weight]) => (place -= weight) < 0)![1]();
  }

  private writes(account: MetaAccount): void {
    this.told(this.world.meta.customerWrites(account, this.somebody(account), this.words('C')));
  }

  /** On a Page: what is sent on Instagram may not be kept. */
  private sendsFile(): void {
    const { meta, page } = this.world;
    const name = `file-${++this.number}.bin`;
    const bytes = bytesNamed(name, this.dice.between(1_000, 200_000));
    const file = { name, contentType: 'application/octet-stream', bytes };
    const mid = meta.customerSendsFiles(page, this.somebody(page), { kind: 'file', file }, this.words('F'));
    this.files.set(mid, bytes);
    this.told(mid);
  }

  private edits(account: MetaAccount): void {
    const customer = this.somebody(account);
    const own = this.standing(account, customer).filter(({ by, edits = [] }) => by === 'customer' && edits.length < mostEdits);
    const message = this.dice.pick(own);
    if (message) this.world.meta.customerEdits(account, customer, message.mid, this.words('E'));
  }

  private unsends(account: MetaAccount): void {
    const customer = this.somebody(account);
    const message = this.dice.pick(this.standing(account, customer).filter(({ by }) => by === 'customer'));
    if (message) this.world.meta.customerUnsends(account, customer, message.mid);
  }

  private reacts(account: MetaAccount): void {
    const customer = this.somebody(account);
    const message = this.dice.pick(this.standing(account, customer));
    if (message) this.world.meta.customerReacts(account, customer, message.mid, this.dice.pick(emojis));
  }

  private comments(): void {
    const { meta } = this.world;
    const post = this.dice.pick(this.posts)!;
    const above = this.dice.chance(0.4) ? this.dice.pick(meta.commentsOf(post)) : undefined;
    const customer = above?.author ?? this.somebody(post.account);
    this.told(meta.customerComments(post.account, post, customer, this.words('P'), above && { parent: above.id }));
  }

  /** Of edits and deletions on Instagram no webhook tells. */
  private editsComment(): void {
    const comment = this.dice.pick(this.ownComments());
    if (comment) this.world.meta.customerEditsComment(comment.id, this.words('Q'));
  }

  private deletesComment(): void {
    const comment = this.dice.pick(this.ownComments());
    if (comment) this.world.meta.customerDeletesComment(comment.id);
  }

  private ownComments() {
    const onPage = this.posts.filter(({ account }) => account === this.world.page);
    return onPage.flatMap((post) => this.world.meta.commentsOf(post)).filter(({ author }) => author);
  }

  private standing(account: MetaAccount, customer: ReturnType<SocialCustomers['somebody']>) {
    return this.world.meta.transcript(account, customer).filter(({ withdrawnAt }) => withdrawnAt === undefined);
  }

  private somebody({ kind }: MetaAccount) {
    return this.world.meta.customer(`${kind} customer ${this.dice.between(1, people)}`);
  }

  private words = (letter: string) => `${letter}${++this.number}. Is the brass lamp back?`;
  private told = (id: string) => void this.toldAt.set(id, Date.now());
}
