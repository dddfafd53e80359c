import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MessageEvent, RawEvent, WebhookPart } from '#libs/connector';
import { startMetaPlatform, type MetaAccount, type MetaPlatform } from '#libs/simulators';
import { pageLine, instagramLine, type Line } from './line.js';
import { parseMeta } from './parse.js';
import { replyOf } from './scripted-lines.js';
import { sendReply } from './send.js';
import { subscribe } from './subscription.js';
import { metaWebhook } from './webhook.js';

const app = {
  appId: '900100200300400',
  appSecret: 'sim-app-secret-0001',
  instagramAppSecret: 'sim-instagram-secret',
  verifyToken: 'let-me-in',
};
const options = { ...app, graphUrl: '', instagramGraphUrl: '', graphVersion: 'v26.0' };
const webhook = metaWebhook(options);

/** Our webhook over real sockets: keeps each part once by its key, as the ledger does. */
async function listen(ledger: Map<string, WebhookPart>): Promise<Server> {
  const server = createServer((request, response) => {
    const query = Object.fromEntries(new URL(request.url!, 'http://app').searchParams);
    if (request.method === 'GET') return void response.end(webhook.handshake(query) ?? '');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      if (!webhook.verify(body, request.headers as Record<string, string>)) return void response.writeHead(401).end();
      for (const part of webhook.split(body, new Date())) ledger.set(`${part.connector} ${part.account} ${part.event.key}`, part);
      response.end();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const messagesIn = (connector: 'facebook' | 'instagram', event: RawEvent) =>
  parseMeta(connector, options, event, { id: 'c1', address: '', settings: {}, signingKey: Buffer.alloc(32) }).filter(
    ({ type }) => type === 'message',
  ) as MessageEvent[];

let meta: MetaPlatform;
let server: Server;
let accounts: MetaAccount[];
const ledger = new Map<string, WebhookPart>();

beforeEach(async () => {
  ledger.clear();
  server = await listen(ledger);
  meta = await startMetaPlatform(app);
  const page = meta.addPage({ name: 'Harbour Lamps', subscribed: true });
  const other = meta.addPage({ name: 'Other', subscribed: true });
  accounts = [
    page,
    other,
    meta.addInstagramAccount({ username: 'linked', via: 'facebook', pageId: page.id }),
    meta.addInstagramAccount({ username: 'alone', via: 'instagram', subscribed: true }),
  ];
  await meta.subscribe({ callbackUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
});
afterEach(async () => {
  await meta.stop();
  server.close().closeAllConnections();
});

test.each([
  ['one by one', {}],
  ['in batches, twice and out of order', { batchWithinMs: 20, duplicates: 0.6, reorderWithinMs: 80 }],
  ['with ids as JSON numbers', { batchWithinMs: 20, numericIds: true }],
])('%s, every message is taken in exactly once, for the right account and person', async (_, habits) => {
  Object.assign(meta.habits, habits);
  const said = Array.from({ length: 60 }, (_, i) => {
    const [account, customer] = [accounts[i % 4]!, meta.customer(`Person ${i % 7}`)];
    const text = `Tallér ${i}/60 😀`;
    const scope = `${account.kind === 'page' ? 'facebook' : 'instagram'}:${account.id}`;
    const externalId = meta.customerWrites(account, customer, text, { standby: i % 5 === 0 });
    return { externalId, text, customer: { scope, id: meta.idOf(customer, account), name: null } };
  });
  await meta.settled();
  const heard = [...ledger.values()].flatMap(({ connector, event }) => messagesIn(connector as 'facebook', event));
  const known = heard.map(({ externalId, text, customer }) => ({ externalId, text, customer }));
  const byId = (a: { externalId: string }, b: { externalId: string }) => (a.externalId < b.externalId ? -1 : 1);
  expect(known.sort(byId)).toEqual(said.sort(byId));
});

test.each(['wrong-secret', 'unsigned', 'reserialized', 'truncated'] as const)('%s: refused, and nothing kept', async (how) => {
  expect(await meta.forge(how, accounts[0]!)).toBe(401);
  expect(ledger.size).toBe(0);
});

describe('what we send comes back as ours', () => {
  const ada = () => meta.customer('Ada Moss');
  const lineOf = ({ kind, id, accessToken, via }: MetaAccount): Line => {
    const graph = { ...options, graphUrl: meta.url, instagramGraphUrl: meta.url };
    return kind === 'page'
      ? pageLine(graph, { pageId: id, pageAccessToken: accessToken })
      : instagramLine(graph, { accountId: id, accessToken, via });
  };
  /** What the account heard of our own doing. */
  async function echoes(): Promise<MessageEvent[]> {
    await meta.settled();
    const heard = [...ledger.values()].flatMap(({ connector, event }) => messagesIn(connector as 'facebook', event));
    return heard.filter(({ direction }) => direction === 'outbound');
  }

  test.each([
    ['account that is a Page', 0, 'd-1'],
    ['account through Facebook', 2, undefined],
    ['account through Instagram', 3, undefined],
  ])('in the chats of an %s, whether the echo or the answer is first', async (_, index, deliveryId) => {
    const account = accounts[index]!;
    meta.customerWrites(account, ada(), 'Hi');
    const envelope = { mode: null, to: { id: meta.idOf(ada(), account) } };
    const sent: string[] = [];
    for (const echoBeforeAnswer of [false, true]) {
      meta.habits.echoBeforeAnswer = echoBeforeAnswer;
      sent.push((await sendReply(replyOf({ envelope }), lineOf(account))).externalId);
    }
    const thread = [{ rule: 'dm-thread', key: `dm:${meta.idOf(ada(), account)}` }];
    const echo = (externalId: string): unknown =>
      expect.objectContaining({ externalId, text: 'Hello', threadKeys: thread, ...(deliveryId && { deliveryId }) });
    expect(await echoes()).toEqual(sent.map(echo));
  });

  test.each([
    ['account that is a Page', 0],
    ['account through Facebook', 2],
    ['account through Instagram', 3],
  ])('below the posts of an %s, and in the chat that a private answer opens', async (_, index) => {
    const account = accounts[index]!;
    for (const one of [accounts[0]!, account]) if (one.kind === 'page' || one.via === 'instagram') await subscribe(lineOf(one), null);
    const post = meta.addPost(account, { text: 'Brass lamps' });
    const comment = meta.customerComments(account, post, ada(), 'how much?');
    const publicly = await sendReply(replyOf({ envelope: { mode: 'public', to: { comment } } }), lineOf(account));
    const privately = await sendReply(replyOf({ envelope: { mode: 'private', to: { comment } }, windowMode: 'private' }), lineOf(account));
    const heard = await echoes();
    const find = (externalId: string) => heard.find((event) => event.externalId === externalId);
    expect(find(publicly.externalId)).toMatchObject({ kind: 'comment', text: 'Hello', replyTo: comment });
    expect(find(publicly.externalId)!.ownKeys).toEqual(expect.arrayContaining(publicly.ownKeys!));
    expect(find(privately.externalId)).toMatchObject({ kind: 'dm', text: 'Hello', customer: { ...privately.opened!.person, name: null } });
    expect(find(privately.externalId)!.ownKeys).toEqual(privately.opened!.ownKeys);
    expect(heard).toHaveLength(2);
  });
});
