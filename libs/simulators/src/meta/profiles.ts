import type { Comments } from './comments.js';
import type { Core } from './core.js';
import { chosen } from './fields.js';
import type { GraphRequest } from './graph-api.js';
import { GraphError } from './graph-error.js';
import { sampleFile } from './media-files.js';
import type { MetaCustomer, Thread } from './world.js';

type Node = Record<string, unknown>;

/** `GET /{PSID or IGSID}`: name and picture of whoever wrote to the account. */
export class Profiles {
  private readonly pictures = new Map<MetaCustomer, string>();

  constructor(
    private readonly core: Core,
    private readonly comments: Comments,
  ) {}

  answer({ accounts, target, route, call }: GraphRequest): Node | undefined {
    if (route !== 'GET') return undefined;
    const thread = this.core.world.threads.find(({ customerId, account }) => customerId === target && accounts.includes(account));
    const wrote = thread?.messages.some(({ by }) => by === 'customer');
    if (thread && wrote) return this.profile(thread, call.query);
    if (thread?.account.kind === 'instagram' || this.commentedOnInstagram(target))
      throw new GraphError(230, 'User consent is required to access user profile');
    return thread ? { id: target } : undefined;
  }

  private profile(thread: Thread, query: URLSearchParams): Node {
    const { account, customer, customerId: id } = thread;
    const instagram = account.kind === 'instagram';
    if (customer.profile === 'nobody') throw instagram ? new GraphError(9010, 'No matching Instagram user') : noProfile();
    if (customer.profile === 'phone' && !instagram) throw noProfile();
    if (!this.core.habits.profilesGranted || thread.unreachable === 'blocked') return { id };
    const name = customer.profile === 'nameless' ? null : customer.name;
    const [first_name, ...last] = customer.name.split(' ');
    const profile_pic = this.core.cdn.url(this.pictureOf(customer, instagram));
    if (!instagram) return chosen({ id, first_name, last_name: last.join(' '), name, profile_pic }, query);
    const counts = { follower_count: 128, is_verified_user: false, is_user_follow_business: true, is_business_follow_user: false };
    return chosen({ id, name, username: customer.username, profile_pic, ...counts }, query);
  }

  private pictureOf(customer: MetaCustomer, instagram: boolean): string {
    const known =
      this.pictures.get(customer) ?? this.core.cdn.keep(sampleFile('image', this.pictures.size), instagram ? 'instagram' : 'facebook');
    this.pictures.set(customer, known);
    return known;
  }

  private commentedOnInstagram(id: string): boolean {
    return this.comments.all.some(
      ({ author, post: { account } }) => author && account.kind === 'instagram' && this.core.world.commenterId(author, account) === id,
    );
  }
}

const noProfile = () => new GraphError(100, 'Profile is not available for this user', 2018218);
