import { startMetaPlatform, type MetaPlatform } from './platform.js';
import { refusal, startSmallApp, type SmallApp } from './small-app.js';
import { inboxApps } from './thread-control.js';
import type { MetaAccount, MetaCustomer } from './world.js';

const DAY = 24 * 3_600_000;
const ours = '900100200300400';
const other = '700800900100200';

let meta: MetaPlatform;
let app: SmallApp;
let page: MetaAccount;
let instagram: MetaAccount;
let ada: MetaCustomer;
let psid: string;

beforeEach(async () => {
  meta = await startMetaPlatform({ appId: ours, appSecret: 'sim-app-secret-0001', verifyToken: 'v', seed: 5 });
  page = meta.addPage({ name: 'Harbour Lamps' });
  instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' });
  app = await startSmallApp(meta, page, instagram);
  ada = meta.customer('Ada Moss');
  psid = meta.idOf(ada, page);
  for (const account of [page, instagram]) meta.customerWrites(account, ada, 'Hi');
  await newest();
});
afterEach(async () => {
  await meta.stop();
  app.stop();
});

const control = (act: string, more: object = {}) => app.post(page, `/me/${act}_thread_control`, { recipient: { id: psid }, ...more });
const owner = async () =>
  ((await app.get(page, `/me/thread_owner?recipient=${psid}`)).data![0] as { thread_owner: { app_id: string } } | undefined)?.thread_owner
    .app_id;

/** What came since the last look, as the lists of the newest entries. */
async function newest(): Promise<{ list: string; element: Record<string, unknown> }[]> {
  await app.heard();
  const bodies = app.received.splice(0).map(({ body }) => JSON.parse(body) as { entry: Record<string, unknown>[] });
  return bodies.flatMap(({ entry }) =>
    entry.flatMap((one) =>
      ['messaging', 'standby'].flatMap((list) => ((one[list] ?? []) as Record<string, unknown>[]).map((element) => ({ list, element }))),
    ),
  );
}

test('32: without a default app everybody may answer and nobody can take a thread; what is passed on is gone', async () => {
  expect(refusal(await control('take'))).toEqual([27]);
  expect(refusal(await app.send(page, psid, 'a'))).toEqual([undefined]);
  expect(await owner()).toBeUndefined();
  await control('pass', { target_app_id: inboxApps.page, metadata: 'to a human' });
  expect(refusal(await app.send(page, psid, 'b'))).toEqual([10, 2018300]);
  const told = (await newest()).map(({ element }) => element.pass_thread_control).find(Boolean);
  expect(told).toEqual({ previous_owner_app_id: null, new_owner_app_id: inboxApps.page, metadata: 'to a human' });
});

test('32: somebody who types in Business Suite takes the thread: events come in standby, a tap without its payload', async () => {
  meta.setDefaultApp(page, ours);
  await app.send(page, psid, 'a');
  expect(await owner()).toBe(ours);
  await newest();
  meta.nativeReply(page, ada, 'I take this one');
  meta.customerWrites(page, ada, 'thanks');
  meta.customerTaps(page, ada, { title: 'Hours', payload: 'HOURS' });
  const [taken, echo, message, tap] = await newest();
  expect(taken).toMatchObject({
    list: 'messaging',
    element: { take_thread_control: { previous_owner_app_id: ours, new_owner_app_id: inboxApps.page } },
  });
  expect(echo).toMatchObject({ list: 'standby', element: { message: { is_echo: true, app_id: Number(inboxApps.page) } } });
  expect(message).toMatchObject({ list: 'standby', element: { message: { text: 'thanks' } } });
  expect((tap!.element as { postback: object }).postback).toEqual({ mid: expect.any(String) as string, title: 'Hours' });
  expect(refusal(await app.send(page, psid, 'b'))).toEqual([10, 2018300]);
});

test('32: on Instagram sending into another’s thread is 100/2534037', async () => {
  meta.setDefaultApp(instagram, ours);
  meta.nativeReply(instagram, ada, 'by hand');
  expect(refusal(await app.send(instagram, meta.idOf(ada, instagram), 'b'))).toEqual([100, 2534037]);
});

test('32: a thread can be asked for in vain, taken back, kept for longer and given free', async () => {
  meta.setDefaultApp(page, ours);
  meta.threadGoes(page, ada, 'taken', other);
  expect(await control('request')).toMatchObject({ success: true });
  expect(refusal(await app.send(page, psid, 'a'))).toEqual([10, 2018300]);
  expect(await control('take', { metadata: 'back' })).toMatchObject({ success: true });
  expect(refusal(await app.send(page, psid, 'a'))).toEqual([undefined]);
  expect(refusal(await control('extend', { duration: 604801 }))).toEqual([100]);
  await control('extend', { duration: 604800 });
  meta.advance(6 * DAY);
  expect(await owner()).toBe(ours);
  await control('release');
  expect(await owner()).toBeUndefined();
});

test('32: an idle thread is the default app’s', async () => {
  meta.setDefaultApp(page, other);
  meta.threadGoes(page, ada, 'passed', ours);
  expect(refusal(await app.send(page, psid, 'a'))).toEqual([undefined]);
  meta.advance(DAY + 1000);
  const tagged = { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  expect(refusal(await app.send(page, psid, 'b', tagged))).toEqual([10, 2018300]);
  await newest();
  meta.customerWrites(page, ada, 'anyone?');
  expect(await newest()).toMatchObject([{ list: 'standby' }]);
  meta.setDefaultApp(page, ours);
  expect(refusal(await app.send(page, psid, 'b'))).toEqual([undefined]);
});

test('32: a send may hand the thread on, and others may ask us for it', async () => {
  await app.send(page, psid, 'a colleague goes on', { thread_control: { control_type: 'pass', app_id: other } });
  expect(await owner()).toBe(other);
  await newest();
  meta.threadGoes(page, ada, 'requested');
  expect(await newest()).toMatchObject([{ element: { request_thread_control: { requested_owner_app_id: Number(ours) } } }]);
});

test('33: what people and other apps of the business send are echoes with their app’s id on Messenger, with none on Instagram', async () => {
  meta.nativeReply(page, ada, 'by hand');
  meta.otherAppReplies(page, ada, 'by a bot', other);
  meta.nativeReply(instagram, ada, 'by hand');
  const echoes = (await newest()).map(({ element }) => element.message as Record<string, unknown>);
  expect(echoes).toMatchObject([
    { is_echo: true, text: 'by hand', app_id: Number(inboxApps.page) },
    { is_echo: true, text: 'by a bot', app_id: Number(other) },
    { is_echo: true, text: 'by hand' },
  ]);
  expect(echoes[2]).not.toHaveProperty('app_id');
  expect(meta.sentTo(ada).map(({ by }) => by)).toEqual(['native-app', 'other-app', 'native-app']);
});
