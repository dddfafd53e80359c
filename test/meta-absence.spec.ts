import { startApp, type RunningApp } from '../src/app.js';
import { Channel as ChannelRow } from '../src/channels/channel.entity.js';
import { readConfig } from '../src/config.js';
import { openDatabase } from '../src/database/data-source.js';
import type { components } from '../web/src/api/schema.js';
import { Api, type Channel, type Conversation, type Message } from './api.js';
import { adminEmail, adminPassword, eventually, freshGround, type Ground } from './house.js';
import { Outside } from './outside.js';

const minutes = 60_000;
const days = 24 * 60 * minutes;
let outside: Outside;
let ground: Ground;
let app: RunningApp;
let api: Api;

beforeEach(async () => {
  outside = await Outside.start();
  ground = await freshGround(outside.env);
  await start();
}, 60_000);
afterEach(async () => {
  await app?.stop();
  await ground?.clear();
  await outside?.stop();
}, 30_000);

async function start(): Promise<void> {
  app = await startApp(readConfig(ground.env));
  api = await Api.signIn(app.url!, adminEmail, adminPassword);
}

async function connect(body: object): Promise<string> {
  const { status, body: channel } = await api.post<Channel>('/channels', body);
  expect(status).toBe(201);
  await outside.meta.subscribe({ callbackUrl: `${app.url}/webhooks/meta` });
  return channel.id;
}

const channel = async (id: string) => (await api.get<components['schemas']['ChannelWithSettings']>(`/channels/${id}`)).body;

async function said(): Promise<string[]> {
  const conversations = await api.all<Conversation>('/conversations');
  const messages = await Promise.all(conversations.map(({ id }) => api.all<Message>(`/conversations/${id}/messages`)));
  return messages.flat().map(({ text }) => text);
}

test('after we were away for more than half an hour, what Meta told nobody meanwhile is fetched, once, though it went on sending', async () => {
  const { meta, page } = outside;
  const id = await connect(outside.facebookChannel());
  await eventually(async () => expect((await channel(id)).health.audit).not.toBeNull());
  const [ada, bo] = [meta.customer('Ada Moss'), meta.customer('Bo Lind')];
  meta.customerWrites(page, ada, 'Is the brass lamp back?');
  await eventually(async () => expect(await said()).toEqual(['Is the brass lamp back?']));

  await app.stop();
  const fields = page.subscribedFields;
  page.subscribedFields = [];
  meta.customerWrites(page, ada, 'Hello?');
  meta.customerWrites(page, bo, 'Anybody there?');
  meta.customerComments(page, meta.addPost(page, { text: 'Lamps are back' }), bo, 'Price please');
  page.subscribedFields = fields;
  await lookedAfter(45 * minutes);
  await start();
  const all = ['Anybody there?', 'Hello?', 'Is the brass lamp back?', 'Price please'];
  await eventually(async () => expect((await said()).sort()).toEqual(all));
  expect((await channel(id)).health).toMatchObject({ state: 'ok', upkeep: { subscribed: true } });
}, 60_000);

/** As if all channels had been looked after last so long ago. */
async function lookedAfter(msAgo: number): Promise<void> {
  const database = await openDatabase(readConfig(ground.env));
  await database.manager.updateAll(ChannelRow, { upkeepAt: new Date(Date.now() - msAgo) });
  await database.destroy();
}

test('where webhooks were lost, an audit shows comments as they stand at Meta, hidden or not, and in their latest words', async () => {
  const { meta, page } = outside;
  const id = await connect(outside.facebookChannel());
  await eventually(async () => expect((await channel(id)).health.audit).not.toBeNull());
  const ada = meta.customer('Ada Moss');
  const comment = meta.customerComments(page, meta.addPost(page, { text: 'Lamps are back' }), ada, 'Price please');
  const shown = async () => {
    const [conversation] = await api.all<Conversation>('/conversations');
    const [message] = await api.all<Message>(`/conversations/${conversation!.id}/messages`);
    return { text: message!.text, hidden: message!.hidden, editedAt: message!.editedAt };
  };
  await eventually(async () => expect(await shown()).toEqual({ text: 'Price please', hidden: false, editedAt: null }));
  const afterAnAudit = async (unheard: () => void) => {
    const fields = page.subscribedFields;
    page.subscribedFields = [];
    unheard();
    await meta.settled();
    page.subscribedFields = fields;
    expect((await api.post<{ reimported: number }>(`/channels/${id}/audit`, {})).body.reimported).toBe(0);
  };
  await afterAnAudit(() => meta.nativeHide(comment));
  await eventually(async () => expect(await shown()).toEqual({ text: 'Price please', hidden: true, editedAt: null }));
  await afterAnAudit(() => meta.nativeHide(comment, false));
  await eventually(async () => expect(await shown()).toEqual({ text: 'Price please', hidden: false, editedAt: null }));
  await afterAnAudit(() => meta.customerEditsComment(comment, 'Price and size please'));
  await eventually(async () => expect(await shown()).toMatchObject({ text: 'Price and size please', editedAt: expect.any(String) }));
}, 60_000);

test('an edit that Meta told nobody is found by the next audit, and an edit told later holds over it', async () => {
  const { meta, page } = outside;
  const id = await connect(outside.facebookChannel());
  const ada = meta.customer('Ada Moss');
  const mid = meta.customerWrites(page, ada, 'Is the brass lamp back?');
  await eventually(async () => expect(await said()).toEqual(['Is the brass lamp back?']));
  meta.dropNext(1);
  meta.customerEdits(page, ada, mid, 'Is the copper lamp back?');
  expect((await api.post(`/channels/${id}/audit`, {})).status).toBe(200);
  await eventually(async () => expect(await said()).toEqual(['Is the copper lamp back?']));
  meta.customerEdits(page, ada, mid, 'Is the tin lamp back?');
  await eventually(async () => expect(await said()).toEqual(['Is the tin lamp back?']));
}, 60_000);

test('a token of Instagram Login is renewed each week, so that it never runs out, and a restart knows the new one', async () => {
  const { meta } = outside;
  const account = meta.addInstagramAccount({ username: 'alone', via: 'instagram' });
  const settings = { accountId: account.id, accessToken: meta.renewToken(account), via: 'instagram' };
  let renewals = 0;
  meta.onHappening(({ kind, detail }) => void (renewals += Number(kind === 'call-answered' && detail.includes('/refresh_access_token'))));
  meta.advance(2 * days);
  const id = await connect({ type: 'instagram', name: 'Alone', settings });
  const endsInDays = async () => (Date.parse((await channel(id)).settings.accessUntil as string) - Date.now()) / days;
  await eventually(async () => expect(await endsInDays()).toBeCloseTo(60, 1));
  expect(renewals).toBe(1);

  // The first one is dead by then, the second one is not.
  meta.advance(59 * days);
  await app.stop();
  await start();
  const check = async () => (await api.post<Channel>(`/channels/${id}/check`)).body.health.state;
  expect(await check()).toBe('ok');
  expect(renewals).toBe(1);

  const aWeekIsOver = { settings: { refreshAfter: new Date(Date.now() - minutes).toISOString() } };
  expect((await api.patch(`/channels/${id}`, aWeekIsOver)).status).toBe(200);
  expect(await Promise.all([check(), check(), check()])).toEqual(['ok', 'ok', 'ok']);
  expect(renewals).toBe(2);
  meta.advance(30 * days);
  expect(await check()).toBe('ok');
}, 60_000);
