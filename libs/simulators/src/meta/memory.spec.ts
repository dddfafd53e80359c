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
