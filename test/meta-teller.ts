import type { MetaAccount, MetaPlatform } from '#libs/simulators';

type Element = Record<string, unknown>;

/** The moment at which the stories of the tests begin: late enough that every reply window is open, early enough to be past. */
export const storyStart = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;

/** Tells an app of what happened at one account, in Meta's own words and one POST for each, in whatever order a test likes. */
export class MetaTeller {
  constructor(
    private readonly meta: MetaPlatform,
    readonly account: MetaAccount,
  ) {}

  private get object() {
    return this.account.kind === 'page' ? 'page' : 'instagram';
  }

  /** An element of a chat, `seconds` into the story; while another app holds it, in `standby`. */
  async chat(customer: string, seconds: number, what: Element, list: 'messaging' | 'standby' = 'messaging'): Promise<void> {
    const timestamp = storyStart + seconds * 1000;
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
    const status = await this.meta.postBody(this.account, { object: this.object, entry: [entry] } as never);
    if (status !== 200) throw new Error(`the webhook answered ${status}`);
  }
}
