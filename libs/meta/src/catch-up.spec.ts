import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InboundEvent, MessageEvent, RawEvent } from '#libs/connector';
import { startMetaPlatform, type MetaAccount, type MetaPlatform } from '#libs/simulators';
import { auditInstagram, auditPage } from './audit.js';
import { instagramLine, pageLine } from './line.js';
import { parseMeta } from './parse.js';
import { metaWebhook } from './webhook.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };
const optionsFor = (url: string) => ({ ...app, graphUrl: url, instagramGraphUrl: url, graphVersion: 'v26.0' });

let meta: MetaPlatform;
let server: Server;
/** What was pushed, by account and key. */
const pushed = new Map<string, Map<string, RawEvent>>();

beforeEach(async () => {
  pushed.clear();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'GET') return void response.end(new URL(request.url!, 'http://app').searchParams.get('hub.challenge'));
      for (const { account, event } of metaWebhook(optionsFor('')).split(Buffer.concat(chunks), new Date()))
        pushed.set(account, (pushed.get(account) ?? new Map<string, RawEvent>()).set(event.key, event));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  meta = await startMetaPlatform(app);
  await meta.subscribe({ callbackUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
});
afterEach(async () => {
  await meta.stop();
  server.close().closeAllConnections();
});

/** All that an audit finds where nothing is stored, by key. */
async function fetched(account: MetaAccount): Promise<Map<string, RawEvent>> {
  const events = new Map<string, RawEvent>();
  const context = {
    channel: { id: 'c1', address: account.id, settings: {}, signingKey: Buffer.alloc(32) },
    cursor: null,
    spool: '',
    signal: new AbortController().signal,
    stored: async () => new Map<string, number>(),
    shown: async () => new Map(),
    store: async (given: RawEvent[]) => given.map((event) => events.set(event.key, event) && event.key),
  };
  const options = optionsFor(meta.url);
  const { id, accessToken } = account;
  // Once no webhook can be under way any more.
  const later = new Date(Date.now() + 10 * 60_000);
  if (account.kind === 'page') await auditPage(context, pageLine(options, { pageId: id, pageAccessToken: accessToken }), later);
  else await auditInstagram(context, instagramLine(options, { accountId: id, accessToken, via: account.via }), later);
  return events;
}

/** What an agent would see of each message, by key, without what only one of the two ways tells. */
function seen(account: MetaAccount, events: Map<string, RawEvent>) {
  const channel = {
    id: 'c1',
    address: account.kind === 'page' ? account.id : `@${account.name}`,
    settings: {},
    signingKey: Buffer.alloc(32),
  };
  const connector = account.kind === 'page' ? 'facebook' : 'instagram';
  const messages = [...events.values()].flatMap((event) => {
    const of = (parsed: InboundEvent): parsed is MessageEvent => parsed.type === 'message' && parsed.spoken !== false;
    return parseMeta(connector, optionsFor(''), event, channel)
      .filter(of)
      .map((message) => [event.key, facts(message)] as const);
  });
  return Object.fromEntries(messages.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const facts = ({
  externalId,
  kind,
  direction,
  text,
  threadKeys,
  ownKeys,
  replyTo,
  customer: { scope, id },
  linked = [],
  cards = [],
  post,
  envelope,
}: MessageEvent) => ({
  ...{ externalId, kind, direction, text, threadKeys, ownKeys, replyTo, scope, customer: id, envelope },
  files: linked.map(({ keep }) => ({ keep })),
  cards: cards.map((card) => card.kind).filter((shown) => shown !== 'button' && shown !== 'ad'),
  post: post?.id,
  isAd: post?.isAd,
});

test('of a Page the same is read as was pushed', async () => {
  const page = meta.addPage({ name: 'Harbour Lamps' });
  page.subscribedFields = ['messages', 'message_echoes', 'feed'];
  const [ada, bo] = [meta.customer('Ada Moss'), meta.customer('Bo Lind')];
  const first = meta.customerWrites(page, ada, 'Is the brass lamp back? ¿Tallér? 😀');
  meta.customerWrites(page, ada, 'this one', { replyTo: first });
  meta.customerSendsFiles(page, ada, [{ kind: 'image' }, { kind: 'file' }]);
  meta.nativeReply(page, ada, 'Yes, two left.');
  meta.customerWrites(page, bo, 'hello');
  const [post, ad] = [meta.addPost(page, { text: 'Lamps are back' }), meta.addPost(page, { text: 'Spring lamps', ad: true })];
  const comment = meta.customerComments(page, post, ada, 'Price please');
  meta.customerComments(page, post, bo, 'same here', { parent: comment });
  meta.nativeComment(post, '49 €, Ada', comment);
  meta.nativeComment(post, 'Link below');
  meta.customerComments(page, ad, bo, 'ship to FI?');
  const visitors = meta.addPost(page, { text: 'Great shop', author: bo, picture: false });
  meta.customerComments(page, visitors, bo, 'Really');
  await meta.settled();
  const read = seen(page, await fetched(page));
  expect(Object.keys(read).length).toBeGreaterThanOrEqual(9);
  expect(read).toEqual(seen(page, pushed.get(page.id)!));
});

test.each(['instagram', 'facebook'] as const)('of an Instagram account through %s the same is read as was pushed', async (via) => {
  const page = meta.addPage({ name: 'Harbour Lamps', subscribed: true });
  const account = meta.addInstagramAccount({
    username: 'harbour.lamps',
    via,
    ...(via === 'facebook' && { pageId: page.id }),
  });
  account.subscribedFields = ['messages', 'comments'];
  const [ada, bo] = [meta.customer('Ada Moss'), meta.customer('Bo Lind')];
  const first = meta.customerWrites(account, ada, 'hola');
  meta.customerWrites(account, ada, 'that one', { replyTo: first });
  meta.customerOnStory(account, ada, 'reply', 'love it');
  meta.customerOnStory(account, bo, 'mention');
  meta.nativeReply(account, ada, 'Yes');
  const post = meta.addPost(account, { text: 'Glow' });
  const comment = meta.customerComments(account, post, ada, 'how much?');
  meta.customerComments(account, post, bo, '@ada.moss me too', { parent: comment });
  meta.nativeComment(post, '49 euro', comment);
  await meta.settled();
  const read = seen(account, await fetched(account));
  expect(Object.keys(read).length).toBeGreaterThanOrEqual(8);
  expect(read).toEqual(seen(account, pushed.get(account.id)!));
});
