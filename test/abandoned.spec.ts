import { startApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { Delivery } from '../src/conversations/delivery.entity.js';
import { openDatabase } from '../src/database/data-source.js';
import { Api, type Conversation, type Message } from './api.js';
import { adminEmail, adminPassword, eventually, freshGround } from './house.js';
import { Outside } from './outside.js';

/** Messenger tells when a reply was delivered; Instagram does not. */
const reached: string[] = ['sent', 'delivered'];

test('replies that a dead process was sending are settled, and none of them keeps the app from starting', async () => {
  const outside = await Outside.start();
  const ground = await freshGround(outside.env);
  const config = readConfig(ground.env);
  const before = await startApp(config);
  const api = await Api.signIn(before.url!, adminEmail, adminPassword);
  const ids = await outside.connect(api);
  const [ada, bo] = [outside.meta.customer('Ada'), outside.meta.customer('Bo')];
  outside.meta.customerWrites(outside.page, ada, 'to the Page');
  outside.meta.customerWrites(outside.instagram, bo, 'to Instagram');
  const conversations = await eventually(async () => {
    const found = await api.all<Conversation>('/conversations');
    expect(found).toHaveLength(2);
    return found;
  });
  for (const { id } of conversations) await api.post(`/conversations/${id}/replies`, { text: 'Hello' });
  await eventually(async () => expect([...outside.meta.sentTo(ada), ...outside.meta.sentTo(bo)]).toHaveLength(2));
  await eventually(async () =>
    expect((await api.all<{ state: string }>('/deliveries')).map(({ state }) => reached.includes(state))).toEqual([true, true]),
  );
  await api.delete(`/channels/${ids.instagram}`);
  await before.stop();

  // As a kill -9 between the platform's answer and our noting it leaves them.
  const database = await openDatabase(config);
  const dead = { state: 'sending' as const, committedAt: new Date(Date.now() - 60_000), leaseUntil: new Date(Date.now() - 30_000) };
  await database.manager.updateAll(Delivery, dead);
  await database.destroy();

  const after = await startApp(config);
  try {
    const again = await Api.signIn(after.url!, adminEmail, adminPassword);
    const stateOn = async (channelId: string) => {
      const { id } = conversations.find((conversation) => conversation.channelId === channelId)!;
      return (await again.all<Message>(`/conversations/${id}/messages`)).findLast(({ delivery }) => delivery)!.delivery;
    };
    await eventually(async () => expect(reached).toContain((await stateOn(ids.facebook))?.state));
    await eventually(async () => expect(await stateOn(ids.instagram)).toMatchObject({ state: 'uncertain', error: { retryable: true } }));
    expect([...outside.meta.sentTo(ada), ...outside.meta.sentTo(bo)]).toHaveLength(2);
  } finally {
    await after.stop();
    await Promise.all([ground.clear(), outside.stop()]);
  }
}, 60_000);
