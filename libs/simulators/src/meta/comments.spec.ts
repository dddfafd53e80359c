import { startMetaPlatform, type MetaPlatform } from './platform.js';
import type { Post } from './posts.js';
import { refusal, startSmallApp, type SmallApp } from './small-app.js';
import type { MetaAccount, MetaCustomer } from './world.js';

const DAY = 24 * 3_600_000;
const WEEK = 7 * DAY;

let meta: MetaPlatform;
let app: SmallApp;
let page: MetaAccount;
let instagram: MetaAccount;
let ada: MetaCustomer;
let bo: MetaCustomer;
let post: Post;
let media: Post;

beforeEach(async () => {
  meta = await startMetaPlatform({ appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'v', seed: 3 });
  page = meta.addPage({ name: 'Harbour Lamps' });
  instagram = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'instagram' });
  [ada, bo] = [meta.customer('Ada Moss'), meta.customer('Bo Lind')];
  app = await startSmallApp(meta, page, instagram);
  post = meta.addPost(page, { text: 'Spring is here' });
  media = meta.addPost(instagram, { text: 'New glow', product: 'REELS' });
  await app.heard();
  app.received.length = 0;
});
afterEach(async () => {
  await meta.stop();
  app.stop();
});

const values = async (): Promise<Record<string, unknown>[]> =>
  (await app.heard()).map(({ field, value }) => ({ field, ...(value as Record<string, unknown>) }));
const verbs = async () => (await values()).map((value) => ('verb' in value ? value.verb : value.field));

test('22: comments, answers, photos, edits and removals of a Page come as feed events in seconds, an answer below its parent', async () => {
  const top = meta.customerComments(page, post, ada, 'Price please');
  const answer = meta.customerComments(page, post, bo, 'same here', { parent: top });
  meta.customerComments(page, post, ada, '', { photo: true, anonymous: true });
  meta.customerEditsComment(top, 'Price and size please');
  meta.customerLikesComment(answer, ada);
  meta.customerDeletesComment(answer);
  const from = { id: meta.commenterIdOf(ada, page), name: 'Ada Moss' };
  expect(meta.commenterIdOf(ada, page)).not.toBe(meta.idOf(ada, page));
  const [added, below, photo, edited, liked, removed] = await values();
  expect(added).toMatchObject({
    field: 'feed',
    item: 'comment',
    verb: 'add',
    from,
    message: 'Price please',
    comment_id: top,
    parent_id: post.id,
  });
  expect(added).toMatchObject({
    post_id: post.id,
    post: { is_published: true, promotion_status: 'inactive', permalink_url: post.permalink },
  });
  expect(String(added!.created_time)).toMatch(/^\d{10}$/);
  expect(below).toMatchObject({ comment_id: answer, parent_id: top, post_id: post.id });
  expect(photo).toMatchObject({ photo: expect.stringContaining('scontent') as string });
  expect(Object.keys(photo!)).not.toEqual(expect.arrayContaining(['from']));
  expect(Object.keys(photo!)).not.toEqual(expect.arrayContaining(['message']));
  expect(edited).toMatchObject({ verb: 'edited', message: 'Price and size please', created_time: added!.created_time });
  expect(liked).toMatchObject({ item: 'reaction', verb: 'add', reaction_type: 'like', comment_id: answer });
  expect(removed).toMatchObject({ verb: 'remove', comment_id: answer });
  expect(Object.keys(removed!)).not.toEqual(expect.arrayContaining(['message']));
});

test('22: comments below an ad are marked by their post only, and visitors’ posts come too', async () => {
  const ad = meta.addPost(page, { text: 'Buy', ad: true });
  meta.customerComments(page, ad, ada, 'ship to FI?');
  meta.addPost(page, { text: 'Great shop', author: ada });
  const [comment, visit] = await values();
  expect(comment).toMatchObject({ item: 'comment', post: { is_published: false, promotion_status: 'active' } });
  expect(visit).toMatchObject({ item: 'post', verb: 'add', from: { name: 'Ada Moss' }, message: 'Great shop' });
});

test('31: our answer, hide, like and delete change a Page’s comment and come back as its verbs; ours comes from our own id', async () => {
  const top = meta.customerComments(page, post, ada, 'Price?');
  const { id } = await app.post(page, `/${top}/comments`, { message: '49 €, Ada' });
  for (const is_hidden of [true, false]) await app.post(page, `/${top}`, { is_hidden });
  await app.post(page, `/${top}/likes`);
  await app.delete(page, `/${top}/likes`);
  await app.post(page, `/${id}`, { message: '49 euro, Ada' });
  expect(meta.commentsOf(post).map(({ text, hidden }) => [text, hidden])).toEqual([
    ['Price?', false],
    ['49 euro, Ada', false],
  ]);
  await app.delete(page, `/${top}`);
  expect(meta.commentsOf(post)).toEqual([]);
  expect(await verbs()).toEqual(['add', 'add', 'hide', 'unhide', 'add', 'remove', 'edited', 'remove', 'remove']);
  expect((await values())[1]).toMatchObject({ from: { id: page.id, name: 'Harbour Lamps' }, comment_id: id, parent_id: top });
  expect((await values())[2]).toMatchObject({ verb: 'hide', from: { name: 'Ada Moss' } });
  expect(refusal(await app.post(page, `/${top}/comments`, { message: 'too late' }))).toEqual([100, 33]);
});

test('31: Instagram tells of new comments only, ours included, and lets us hide and delete but not edit', async () => {
  const top = meta.customerComments(instagram, media, ada, 'how much?');
  const { id } = await app.post(instagram, `/${top}/replies?message=49+euro`);
  expect(await app.post(instagram, `/${top}?hide=true`)).toMatchObject({ success: true });
  expect(meta.comment(top)).toMatchObject({ hidden: true });
  meta.customerEditsComment(top, 'how much is it?');
  expect(refusal(await app.post(instagram, `/${id}`, { message: 'other words' }))).toEqual([100]);
  await app.delete(instagram, `/${id}`);
  const [first, ours, ...rest] = await values();
  expect(first).toMatchObject({ field: 'comments', id: top, text: 'how much?', media: { id: media.id, media_product_type: 'REELS' } });
  expect(first).toMatchObject({ from: { id: meta.idOf(ada, instagram), username: 'ada.moss' } });
  expect(ours).toMatchObject({ id, parent_id: top, from: { id: instagram.id, username: 'harbour.lamps' } });
  expect(rest).toEqual([]);
});

test.each([
  ['as usual', {}, 'deeper', 'root'],
  ['the other way round', { facebookNestsReplies: false, instagramNestsReplies: true }, 'root', 'deeper'],
])('31: an answer to an answer hangs where the platform puts it: %s', async (_, habits, onFacebook, onInstagram) => {
  Object.assign(meta.habits, habits);
  for (const [account, where, expected] of [
    [page, post, onFacebook],
    [instagram, media, onInstagram],
  ] as const) {
    const root = meta.customerComments(account, where, ada, 'a');
    const deeper = meta.customerComments(account, where, bo, 'b', { parent: root });
    const { id } = await app.post(account, account.kind === 'page' ? `/${deeper}/comments` : `/${deeper}/replies`, { message: 'c' });
    expect(meta.comment(id!)?.parent?.id).toBe(expected === 'root' ? root : deeper);
  }
});

test('28: asking for fields of an Instagram comment writes it and then answers 20/1772107; public answers know the other faults too', async () => {
  const top = meta.customerComments(instagram, media, ada, 'how much?');
  expect(refusal(await app.post(instagram, `/${top}/replies?message=49&fields=id`))).toEqual([20, 1772107]);
  meta.behave('deliver-then-drop', 'fail-500');
  await expect(app.post(instagram, `/${top}/replies?message=50`)).rejects.toThrow('fetch failed');
  expect(refusal(await app.post(instagram, `/${top}/replies?message=51`))).toEqual([1]);
  expect(meta.commentsOf(media).map(({ text }) => text)).toEqual(['how much?', '49', '50']);
});

test('22: a comment below an Instagram ad is told twice, is one, and is not to be read below the original post', async () => {
  const ad = meta.addPost(instagram, { text: 'Ad', ad: { title: 'Spring lamps', of: media } });
  const id = meta.customerComments(instagram, ad, ada, 'ship to FI?');
  const [own, copy] = await values();
  expect(own).toMatchObject({ id, media: { id: ad.id, media_product_type: 'AD', ad_title: 'Spring lamps', original_media_id: media.id } });
  expect(copy).toMatchObject({ text: 'ship to FI?', media: { id: media.id, media_product_type: 'FEED' } });
  expect(copy!.id).not.toBe(id);
  expect((await app.get(instagram, `/${media.id}/comments`)).data).toEqual([]);
  expect((await app.get(instagram, `/${ad.id}/comments?fields=text`)).data).toEqual([{ id, text: 'ship to FI?' }]);
  await app.post(instagram, `/${String(copy!.id)}?hide=true`);
  expect(meta.truth().comments).toMatchObject([{ id, twin: copy!.id, hidden: true }]);
});

test('22: live comments come as such and can be read and answered in private only while live', async () => {
  const live = meta.addPost(instagram, { text: 'Live now', live: true });
  const id = meta.customerComments(instagram, live, ada, 'hi');
  expect((await values())[0]).toMatchObject({ field: 'live_comments', media: { media_product_type: 'LIVE' } });
  expect((await app.get(instagram, '/me/live_media')).data).toEqual([expect.objectContaining({ id: live.id })]);
  expect((await app.get(instagram, `/${live.id}/comments`)).data).toHaveLength(1);
  expect(refusal(await app.post(instagram, `/${live.id}/comments?message=welcome`))).toEqual([100]);
  meta.endLive(live);
  expect((await app.get(instagram, `/${live.id}/comments`)).data).toEqual([]);
  expect(refusal(await app.send(instagram, { comment_id: id }, 'Hi'))).toEqual([100, 2534025]);
});

test('22: whoever wrote a comment may be withheld, and our own Instagram comments may name us by a scoped id', async () => {
  Object.assign(meta.habits, { authorsWithheld: true, ownCommentsScoped: true });
  const top = meta.customerComments(instagram, media, ada, 'hm');
  expect(Object.keys((await values())[0]!)).not.toEqual(expect.arrayContaining(['from']));
  expect(await app.get(instagram, `/${top}?fields=from,username,text`)).not.toHaveProperty('from');
  meta.habits.authorsWithheld = false;
  await app.post(instagram, `/${top}/replies?message=Hi`);
  const { from } = (await values())[1] as unknown as { from: { id: string; username: string } };
  expect(from.username).toBe('harbour.lamps');
  expect(from.id).not.toBe(instagram.id);
});

test('30: one private reply per comment: it reaches the commenter, links them to their chat, and opens no window', async () => {
  const cases = [
    [page, post, [10900], [10, 2018278]],
    [instagram, media, [100, 2534025], [10, 2534022]],
  ] as const;
  for (const [account, where, used, closed] of cases) {
    const id = meta.customerComments(account, where, ada, 'how much?');
    const first = await app.send(account, { comment_id: id }, 'Hi Ada, 49 euro.');
    expect(first.recipient_id).toBe(meta.idOf(ada, account));
    expect(meta.transcript(account, ada).at(-1)).toMatchObject({ mid: first.message_id, text: 'Hi Ada, 49 euro.' });
    expect(refusal(await app.send(account, { comment_id: id }, 'again'))).toEqual(used);
    expect(refusal(await app.send(account, first.recipient_id!, 'again'))).toEqual(closed);
    meta.customerWrites(account, ada, 'thanks');
    expect(refusal(await app.send(account, first.recipient_id!, 'welcome'))).toEqual([undefined]);
  }
});

test.each([
  ['a second before seven days are over', WEEK - 1000, [undefined], [undefined]],
  ['a second after', WEEK + 1000, [10903], [100, 2534025]],
])('30: a private reply %s', async (_, age, onFacebook, onInstagram) => {
  const ids = [meta.customerComments(page, post, ada, 'a'), meta.customerComments(instagram, media, ada, 'a')];
  meta.advance(age);
  expect((await app.get(page, `/${ids[0]}?fields=can_reply_privately`)).can_reply_privately).toBe(onFacebook[0] === undefined);
  expect(refusal(await app.send(page, { comment_id: ids[0] }, 'Hi'))).toEqual(onFacebook);
  expect(refusal(await app.send(instagram, { comment_id: ids[1] }, 'Hi'))).toEqual(onInstagram);
});

test('30: deleted comments and those a colleague answered by hand cannot be answered in private; a visitor’s post can, once', async () => {
  const gone = meta.customerComments(instagram, media, ada, 'a');
  meta.customerDeletesComment(gone);
  expect(refusal(await app.send(instagram, { comment_id: gone }, 'Hi'))).toEqual([100, 2534025]);
  const byHand = meta.customerComments(page, post, ada, 'a');
  meta.nativePrivateReply(page, byHand, 'Hi from the app');
  expect(refusal(await app.send(page, { comment_id: byHand }, 'Hi'))).toEqual([10900]);
  const visit = meta.addPost(page, { text: 'Great shop', author: bo });
  expect((await app.send(page, { post_id: visit.id }, 'Thank you')).recipient_id).toBe(meta.idOf(bo, page));
  expect(refusal(await app.send(page, { post_id: visit.id }, 'Thank you'))).toEqual([10900]);
});

test('22: who names an Instagram account elsewhere is told by ids alone on the Facebook route; only then can it be read and answered', async () => {
  const linked = meta.addInstagramAccount({ username: 'lamps.two', via: 'facebook', pageId: page.id });
  const { post: theirs, comment } = meta.customerMentions(linked, ada, 'ask @lamps.two');
  expect((await values())[0]).toEqual({ field: 'mentions', media_id: theirs.id, comment_id: comment!.id });
  const read = await app.get(
    page,
    `/${linked.id}?fields=mentioned_comment.comment_id(${comment!.id}){id,text,username,media{id,permalink}}`,
  );
  expect(read.mentioned_comment).toMatchObject({ text: 'ask @lamps.two', username: 'ada.moss', media: { id: theirs.id } });
  expect(refusal(await app.get(page, `/${theirs.id}`))).toEqual([100, 33]);
  await app.post(page, `/${linked.id}/mentions?media_id=${theirs.id}&comment_id=${comment!.id}&message=here`);
  expect(meta.commentsOf(theirs).at(-1)).toMatchObject({ text: 'here', parent: { id: comment!.id }, author: null });
  meta.customerMentions(page, bo, 'see Harbour Lamps', 'caption');
  expect((await values()).at(-1)).toMatchObject({ field: 'mention', item: 'post', message: 'see Harbour Lamps' });
});

test('36: comments are read by filter, order and time, nested or flat, with what may be done to them', async () => {
  const first = meta.customerComments(page, post, ada, 'one');
  meta.customerComments(page, post, bo, 'below one', { parent: first });
  meta.advance(60_000);
  meta.customerComments(page, post, bo, 'two');
  meta.nativeHide(first);
  const texts = async (query: string) =>
    (await app.get(page, `/${post.id}/comments?fields=message${query}`)).data!.map(({ message }) => message);
  expect(await texts('')).toEqual(['one', 'two']);
  expect(await texts('&filter=stream')).toEqual(['one', 'below one', 'two']);
  expect(await texts('&order=reverse_chronological')).toEqual(['two', 'one']);
  expect(await texts(`&since=${Math.floor((meta.comment(first)!.at + 30_000) / 1000)}`)).toEqual(['two']);
  const fields = 'message,is_hidden,can_hide,can_remove,can_reply_privately,comment_count,parent{id},comments{message,parent{id}}';
  expect(await app.get(page, `/${first}?fields=${fields}`)).toMatchObject({
    ...{ is_hidden: true, can_hide: true, can_remove: true, can_reply_privately: true, comment_count: 1 },
    comments: { data: [{ message: 'below one', parent: { id: first } }] },
  });
  meta.customerComments(instagram, media, ada, 'hola');
  const [comment] = (await app.get(instagram, `/${media.id}/comments?fields=text,timestamp,hidden,from{id,username},replies{text}`)).data!;
  expect(comment).toMatchObject({ text: 'hola', hidden: false, from: { id: meta.idOf(ada, instagram), username: 'ada.moss' } });
});

test('36: dark posts are only in ads_posts, visitors’ in visitor_posts, and Instagram’s ads in no list', async () => {
  const ad = meta.addPost(page, { text: 'Buy', ad: true });
  const visit = meta.addPost(page, { text: 'Great shop', author: ada });
  const dark = meta.addPost(instagram, { text: 'Ad', ad: true });
  const ids = async (account: MetaAccount, edge: string) => (await app.get(account, `/me/${edge}`)).data!.map(({ id }) => id);
  expect(await ids(page, 'feed')).toEqual([visit.id, post.id]);
  expect(await ids(page, 'published_posts')).toEqual([post.id]);
  expect(await ids(page, 'visitor_posts')).toEqual([visit.id]);
  expect(await ids(page, 'ads_posts?include_inline_create=true')).toEqual([ad.id]);
  expect(await ids(instagram, 'media')).toEqual([media.id]);
  const answer = await app.get(instagram, `/${dark.ad!.id}?fields=effective_instagram_media_id`);
  expect(answer).toMatchObject({ effective_instagram_media_id: dark.id });
  const [listed] = (await app.get(instagram, '/me/media?fields=caption,permalink,media_product_type,media_url')).data!;
  expect(listed).toMatchObject({ caption: 'New glow', permalink: media.permalink, media_product_type: 'REELS' });
});
