import type { Action, ChannelAccess, Connector, Draft, Person } from '#libs/connector';
import { startMetaPlatform, type MetaAccount, type MetaPlatform } from '#libs/simulators';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describeConnector, type Conformance } from '../../connector/src/conformance.js';
import { facebookConnector } from './facebook.js';
import { instagramConnector } from './instagram.js';
import type { FacebookSettings, InstagramSettings } from './settings.js';
import { metaWebhook } from './webhook.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };
const NOBODY = 'http://127.0.0.1:65531';
const optionsFor = (url: string) => ({ ...app, graphUrl: url, instagramGraphUrl: url, graphVersion: 'v26.0' });
const channel = <S>(address: string, settings: S): ChannelAccess<S> => ({ id: 'c1', address, settings, signingKey: Buffer.alloc(32, 1) });

async function conformance<S extends object>(
  meta: MetaPlatform,
  account: MetaAccount,
  make: (url: string) => Connector<S>,
  settings: (token: string) => S,
  fixtures: string[],
): Promise<Conformance<S>> {
  const ada = meta.customer('Ada Moss');
  const question = meta.customerWrites(account, ada, 'Is the brass lamp back?');
  const comment = meta.customerComments(account, meta.addPost(account, { text: 'Brass lamps' }), ada, 'how much?');
  const connector = make(meta.url);
  const { split } = metaWebhook(optionsFor(meta.url));
  const bodies = await Promise.all(fixtures.map((name) => readFile(new URL(`./fixtures/${name}.json`, import.meta.url))));
  const access = channel(account.id, settings(account.accessToken));
  return {
    connector,
    access,
    samples: bodies.flatMap((body) => split(body, new Date('2026-11-22T00:00:00Z')).map(({ event }) => event)),
    draft: (text) => draftTo(meta.idOf(ada, account), `${connector.type}:${account.id}`, text),
    received: () => meta.sentTo(ada).map(({ text }) => text),
    wrongCredentials: { connector, access: channel(account.id, settings('EAAnotatoken0000')) },
    nobodyListening: { connector: make(NOBODY), access },
    actions: {
      all: actionsOn(question, comment, { scope: '', id: meta.idOf(ada, account), name: null }, connector),
      shown: () => {
        const { hidden, likes, removedAt } = meta.comment(comment)!;
        const reactions = meta.transcript(account, ada).map((message) => message.reactions?.map(({ emoji }) => emoji));
        return { hidden, liked: likes.has(null), gone: removedAt !== null, reactions, ...meta.signsTo(account, ada) };
      },
    },
    webhook: {
      body: bodies[0]!,
      headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', app.appSecret).update(bodies[0]!).digest('hex')}` },
    },
    stop: () => meta.stop(),
  };
}

/** Everything the connector offers, one after another. */
function actionsOn(message: string, comment: string, customer: Person, { capabilities }: Pick<Connector, 'capabilities'>): Action[] {
  return [
    ...[...capabilities.reactions, null].map((emoji): Action => ({ kind: 'react', of: message, customer, emoji })),
    { kind: 'seen', customer },
    { kind: 'typing', customer, on: true },
    { kind: 'typing', customer, on: false },
    ...capabilities.moderation.map((moderation): Action => ({ kind: 'moderate', of: comment, moderation })),
  ];
}

function draftTo(id: string, scope: string, text: string): Draft {
  return {
    deliveryId: '0197a1b2-7f3a',
    text,
    html: null,
    subject: null,
    cc: [],
    bcc: [],
    agentName: 'Ann',
    customer: { scope, id, name: null },
    answering: null,
    quoting: null,
    signature: null,
    automatic: false,
    at: new Date('2026-03-01T12:00:00Z'),
  };
}

describeConnector<FacebookSettings>('facebook', async () => {
  const meta = await startMetaPlatform(app);
  const page = meta.addPage({ id: '104400000000017', name: 'Harbour Lamps' });
  const make = (url: string) => facebookConnector(optionsFor(url), metaWebhook(optionsFor(url)));
  const fixtures = [
    ...['messenger-text', 'every-kind-of-file', 'first-message-after-an-ad', 'postback-with-referral', 'referral-alone', 'standby-text'],
    ...['echo-of-our-send', 'numeric-ids-beyond-2-53', 'unknown-attachment-type', 'product-template', 'sticker-twice'],
    ...['feed-comment', 'feed-reply', 'feed-photo-comment', 'feed-comment-without-author', 'feed-our-reply', 'feed-visitor-post'],
    ...['mention-of-the-page-without-author'],
  ];
  return conformance(meta, page, make, (pageAccessToken) => ({ pageId: page.id, pageAccessToken }), fixtures);
});

describeConnector<InstagramSettings>('instagram', async () => {
  const meta = await startMetaPlatform(app);
  const account = meta.addInstagramAccount({ id: '17841400000000931', username: 'harbour.lamps', via: 'instagram' });
  const make = (url: string) => instagramConnector(optionsFor(url), metaWebhook(optionsFor(url)));
  const fixtures = [
    ...['instagram-text', 'instagram-story-reply', 'instagram-reel', 'instagram-postback', 'instagram-echo', 'message-inside-a-change'],
    ...['instagram-comment', 'instagram-comment-on-the-entry', 'instagram-comment-on-an-ad', 'instagram-our-reply'],
    ...['instagram-mention-in-a-comment', 'instagram-mention-in-a-caption'],
  ];
  return conformance(meta, account, make, (accessToken) => ({ accountId: account.id, accessToken, via: 'instagram' as const }), fixtures);
});
