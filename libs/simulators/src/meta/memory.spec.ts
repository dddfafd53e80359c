import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMetaPlatform } from './platform.js';

test('posts, comments and all that messages hold outlive a stop where a memory is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meta-'));
  const start = async () => {
    const platform = await startMetaPlatform({ appId: '1', appSecret: 's', verifyToken: 'v', memory: join(folder, 'meta.json') });
    return { platform, page: platform.addPage({ name: 'Harbour Lamps' }), ada: platform.customer('Ada Moss') };
  };
  const first = await start();
  const post = first.platform.addPost(first.page, { text: 'Spring', ad: { title: 'Buy' } });
  const top = first.platform.customerComments(first.page, post, first.ada, 'Price?');
  const below = first.platform.nativeComment(post, '49 euro', top);
  first.platform.customerLikesComment(below, first.ada);
  const content = { attachments: [{ type: 'ig_reel', payload: { reel_video_id: 17900000000000444n, title: 'Glühen' } }] };
  const mid = first.platform.customerSends(first.page, first.ada, { text: 'look', ...content });
  first.platform.customerReacts(first.page, first.ada, mid, '❤️');
  const truth = first.platform.truth();
  await first.platform.stop();

  const { platform, page, ada } = await start();
  expect(platform.truth()).toEqual(truth);
  const [again] = platform.postsOf(page);
  expect(again).toMatchObject({ id: post.id, text: 'Spring', ad: { title: 'Buy' } });
  expect(platform.commentsOf(again!).map(({ id, parent, author }) => [id, parent?.id, author])).toEqual([
    [top, undefined, ada],
    [below, top, null],
  ]);
  expect([...platform.comment(below)!.likes]).toEqual([ada]);
  await platform.stop();
  await rm(folder, { recursive: true });
});

test('a token that an app refreshed is good after a stop, and one that died is dead', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meta-'));
  const start = async () => {
    const platform = await startMetaPlatform({ appId: '1', appSecret: 's', verifyToken: 'v', memory: join(folder, 'meta.json') });
    return { platform, account: platform.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' }) };
  };
  const statusOf = async (url: string, token: string) => (await fetch(`${url}/graph.instagram.com/me?access_token=${token}`)).status;
  const first = await start();
  const died = first.platform.renewToken(first.account);
  first.platform.killToken(first.account, 'password-changed');
  const refreshed = first.platform.renewToken(first.account);
  await first.platform.stop();
  const { platform } = await start();
  expect(await statusOf(platform.url, refreshed)).toBe(200);
  expect(await statusOf(platform.url, died)).toBe(401);
  await platform.stop();
  await rm(folder, { recursive: true });
});
