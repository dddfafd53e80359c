import type { Api, Channel, Conversation, Message } from './api.js';
import { eventually, type House } from './house.js';
import { MetaTeller } from './meta-teller.js';
import type { Outside } from './outside.js';

/** One thing that is told of an account. */
export type Step = (teller: MetaTeller) => Promise<void>;

/** An account of Meta's that is connected as a channel, and what the inbox shows of what was told of it. */
export class ToldAccount {
  private constructor(
    private readonly api: Api,
    readonly channel: Channel,
    readonly teller: MetaTeller,
  ) {}

  static async open(house: House, { meta }: Outside, kind: 'facebook' | 'instagram', name: string): Promise<ToldAccount> {
    const page = meta.addPage({ name });
    const account = kind === 'facebook' ? page : meta.addInstagramAccount({ username: name, via: 'facebook', pageId: page.id });
    const settings =
      kind === 'facebook'
        ? { pageId: page.id, pageAccessToken: page.accessToken }
        : { accountId: account.id, accessToken: account.accessToken, via: 'facebook' };
    const { status, body: channel } = await house.api.post<Channel>('/channels', { type: kind, name, settings });
    if (status !== 201) throw new Error(`cannot connect: ${status} ${JSON.stringify(channel)}`);
    await meta.subscribe({ callbackUrl: `${house.url}/webhooks/meta` });
    return new ToldAccount(house.api, channel, new MetaTeller(meta, account));
  }

  /** Resolves once everything that came was taken in. */
  isIdle = () => eventually(async () => expect((await this.ledger()).received).toBe(0), 60_000);

  /** How many events have not come to their end. */
  async ledger(): Promise<Record<'received' | 'quarantined' | 'unrouted' | 'waiting', number>> {
    const { body } = await this.api.get<Record<'received' | 'quarantined' | 'unrouted' | 'waiting', number>>(
      `/inbound-events/counts?channelId=${this.channel.id}`,
    );
    return body;
  }

  /** `copies`: for ids of copies those of what they are copies of, of which either is shown. */
  seen = (copies: Record<string, string> = {}) => seen(this.api, this.channel, this.teller.account.id, copies);
}

/** All that can be seen of an account, without what no two accounts can have in common. */
async function seen(api: Api, channel: Channel, account: string, copies: Record<string, string>) {
  const plain = (text: string | null | undefined) => text?.replaceAll(account, 'ACCOUNT') ?? null;
  const conversations = await api.all<Conversation>(`/conversations?channelId=${channel.id}`);
  const views = conversations.map(async (conversation) => {
    const { kind, status, unread, waitingSince, preview, messageCount, lastMessageAt, contact, heldBy, replyWindow, source } = conversation;
    const messages = await api.all<Message>(`/conversations/${conversation.id}/messages`);
    const names = new Map(messages.map(({ id, externalId }) => [id, copies[externalId ?? ''] ?? externalId]));
    return {
      ...{ kind, status, unread, waitingSince, preview, messageCount, lastMessageAt, heldBy, closesAt: replyWindow?.closesAt },
      contact: contact.name,
      source: source && { ...source, postId: plain(source.postId), pictureUrl: null },
      messages: messages
        .filter((message) => message.kind === 'message')
        .map(
          ({
            text,
            direction,
            author,
            sentAt,
            hidden,
            liked,
            originalText,
            editedAt,
            deletedAt,
            reactions,
            cards,
            attachments,
            ...message
          }) => ({
            ...{
              name: names.get(message.id)!,
              author: author.name,
              answers: message.replyToMessageId && names.get(message.replyToMessageId),
            },
            ...{ text, direction, sentAt, hidden, liked, originalText, editedAt, deletedAt, reactions, cards },
            files: attachments.map(({ filename }) => filename),
          }),
        ),
    };
  });
  return (await Promise.all(views)).toSorted((one, other) => (one.messages[0]!.name < other.messages[0]!.name ? -1 : 1));
}

export type Seen = Awaited<ReturnType<typeof seen>>[number];
