import type { MetaAccount, MetaPlatform } from '#libs/simulators';

type Element = Record<string, unknown>;

/** The moment at which the stories of the tests begin: late enough that every reply window is open, early enough to be past. */
export const storyStart = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;

/** Tells an app of what happened at one account, in Meta's own words and one POST for each unless they are told together, in whatever order a test likes. */
export class MetaTeller {
  private held: Element[] | null = null;

  constructor(
    private readonly meta: MetaPlatform,
    readonly account: MetaAccount,
  ) {}

  private get object() {
    return this.account.kind === 'page' ? 'page' : 'instagram';
  }

  /** In milliseconds. */
  moment = (seconds: number) => storyStart + seconds * 1000;

  /** By which the account knows the human of that name in chats. */
  idOf = (name: string) => this.meta.idOf(this.meta.customer(name), this.account);

  /** All of this in one POST, as Meta does when there is much to tell. */
  async together(steps: Array<(teller: MetaTeller) => Promise<void>>): Promise<void> {
    const entries = (this.held = []);
    for (const step of steps) await step(this);
    this.held = null;
    await this.send(entries);
  }

  /** An element of a chat, `seconds` into the story; while another app holds it, in `standby`. */
  async chat(customer: string, seconds: number, what: Element, list: 'messaging' | 'standby' = 'messaging'): Promise<void> {
    const timestamp = this.moment(seconds);
    const [customerSide, ours] = [{ id: customer }, { id: this.account.id }];
    const echo = (what.message as Element | undefined)?.is_echo === true;
    const sides = echo ? { sender: ours, recipient: customerSide } : { sender: customerSide, recipient: ours };
    await this.post({ id: this.account.id, time: Date.now(), [list]: [{ ...sides, timestamp, ...what }] });
  }

  says = (customer: string, seconds: number, mid: string, message: Element) =>
    this.chat(customer, seconds, { message: { mid, ...message } });

  /** Something in `changes`; `seconds` into the story it was told. */
  async change(seconds: number, field: string, value: Element): Promise<void> {
    const time = Math.floor(storyStart / 1000) + seconds;
    await this.post({ id: this.account.id, time, changes: [{ field, value }] });
  }

  /** A comment on a post of a Page, or what was done with it. */
  feed = (seconds: number, value: Element) =>
    this.change(seconds, 'feed', { item: 'comment', verb: 'add', created_time: Math.floor(storyStart / 1000) + seconds, ...value });

  private async post(entry: Element): Promise<void> {
    if (this.held) this.held.push(entry);
    else await this.send([entry]);
  }

  private async send(entry: Element[]): Promise<void> {
    const status = await this.meta.postBody(this.account, { object: this.object, entry } as never);
    if (status !== 200) throw new Error(`the webhook answered ${status}`);
  }
}
