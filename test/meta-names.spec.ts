import type { components } from '../web/src/api/schema.js';
import { eventually } from './house.js';
import { MetaHouse } from './meta-house.js';

type Connected = components['schemas']['ChannelWithSettings'];
let house: MetaHouse;

beforeAll(async () => void (house = await MetaHouse.open()), 60_000);
afterAll(() => house?.close(), 30_000);

test('of an Instagram account connected by its id alone the user name is learnt, by which its own comments are known, and followed when it changes', async () => {
  const { meta, outside } = house;
  const account = outside.instagram;
  const channel = async () => {
    const channels = await house.api.all<Connected>('/channels');
    const { id } = channels.find(({ type }) => type === 'instagram')!;
    return (await house.api.get<Connected>(`/channels/${id}`)).body;
  };
  const goesBy = (username: string) =>
    eventually(async () => expect(await channel()).toMatchObject({ address: `@${username}`, settings: { username } }));
  await goesBy('harbour.lamps');
  expect((await channel()).health.state).toBe('ok');

  meta.habits.ownCommentsScoped = true;
  const [ada, post] = [meta.customer('Ada Moss'), meta.addPost(account, { text: 'Glow' })];
  const asked = meta.customerComments(account, post, ada, 'how much?');
  const { conversation } = await house.arrived(asked);
  const { message } = await house.arrived(meta.nativeComment(post, '49 euro', asked));
  expect(message).toMatchObject({ direction: 'outbound', conversationId: conversation.id });

  account.name = 'harbour.lights';
  const { id } = await channel();
  expect((await house.api.patch(`/channels/${id}`, { settings: { accessToken: meta.renewToken(account) } })).status).toBe(200);
  await goesBy('harbour.lights');
});

test('comments under an Instagram account are taken in also where Meta names the Page that it hangs on', async () => {
  const { meta, page, outside } = house;
  const media = { id: '17900000000000321', media_product_type: 'FEED' };
  const value = { id: '18011000000000901', text: 'by the Page’s name', from: { id: '1180000000000901', username: 'cy.park' }, media };
  const entry = [{ id: page.id, time: Math.floor(Date.now() / 1000), changes: [{ field: 'comments', value }] }];
  expect(await meta.postBody(outside.instagram, { object: 'instagram', entry })).toBe(200);
  const { conversation, message } = await house.arrived(value.id);
  expect(conversation).toMatchObject({ kind: 'comment', channelType: 'instagram' });
  expect(message).toMatchObject({ text: 'by the Page’s name', author: { name: 'cy.park' } });
});
