import type { ChannelAccess, Connector, Draft } from '#libs/connector';
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
  meta.customerWrites(account, ada, 'Is the brass lamp back?');
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
    webhook: {
      body: bodies[0]!,
      headers: { 'x-hub-signature-256': `sha256=${createHmac('sha256', app.appSecret).update(bodies[0]!).digest('hex')}` },
    },
    stop: () => meta.stop(),
  };
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
  const fixtures = ['messenger-text', 'two-attachments-no-text', 'echo-of-our-send', 'numeric-ids-beyond-2-53'];
  return conformance(meta, page, make, (pageAccessToken) => ({ pageId: page.id, pageAccessToken }), fixtures);
});

describeConnector<InstagramSettings>('instagram', async () => {
  const meta = await startMetaPlatform(app);
  const account = meta.addInstagramAccount({ id: '17841400000000931', username: 'harbour.lamps', via: 'instagram' });
  const make = (url: string) => instagramConnector(optionsFor(url), metaWebhook(optionsFor(url)));
  const fixtures = ['instagram-text', 'instagram-story-reply', 'instagram-echo'];
  return conformance(meta, account, make, (accessToken) => ({ accountId: account.id, accessToken, via: 'instagram' as const }), fixtures);
});
