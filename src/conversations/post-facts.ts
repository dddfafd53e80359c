import { type EntityManager, IsNull } from 'typeorm';
import type { Post as Told, PostEvent } from '#libs/connector';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { Conversation } from './conversation.entity.js';
import { Post } from './post.entity.js';

type Facts = Pick<Told, 'id'> & Partial<Told>;

/** Keeps what a comment tells of the post above it: it fills gaps only, for what was told of the post itself may be newer. */
export async function notePost(manager: EntityManager, channelId: string, told: Facts): Promise<Post> {
  const post = await postNamed(manager, channelId, told.id);
  await change(manager, post, { ...gapsOf(post, told), ...(told.pictureUrl && { pictureUrl: told.pictureUrl }) });
  return manager.findOneByOrFail(Post, { id: post.id });
}

/** Keeps what is told of a post itself; what is not told stays. Resolves with the conversations under it, which show it otherwise now. */
export async function takePostEvent(manager: EntityManager, channelId: string, { post: told, removed, at }: PostEvent): Promise<string[]> {
  const post = await postNamed(manager, channelId, told.id);
  const { id: _, ...facts } = told;
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null && value !== undefined));
  await change(manager, post, { ...known, isAd: post.isAd || (told.isAd ?? false) });
  if (removed) await manager.update(Post, { id: post.id, removedAt: IsNull() }, { removedAt: at });
  // Nothing under it can be answered any more, also for whoever is finding out right now how long it can.
  if (removed) await manager.update(Conversation, { postId: post.id }, { windowClosesAt: null, version: () => 'version + 1' });
  const under = await manager.find(Conversation, { select: { id: true }, where: { postId: post.id } });
  return under.map(({ id }) => id);
}

/** What comes both of a post and of an ad that is its copy shows that it is an ad. */
export async function putUnder(manager: EntityManager, conversationId: string, post: Post): Promise<void> {
  const { postId } = await manager.findOneByOrFail(Conversation, { id: conversationId });
  if (postId === post.id) return;
  const current = postId === null ? null : await manager.findOneByOrFail(Post, { id: postId });
  if (!current || (post.isAd && !current.isAd)) await manager.update(Conversation, conversationId, { postId: post.id });
}

async function postNamed(manager: EntityManager, channelId: string, externalId: string): Promise<Post> {
  const unknown = {
    permalink: null,
    text: null,
    pictureUrl: null,
    adId: null,
    adTitle: null,
    publishedAt: null,
    removedAt: null,
    askedAt: null,
  };
  await insertNew(manager, Post, { id: newId(), channelId, externalId, ...unknown, isAd: false, isLive: false });
  return manager.findOneByOrFail(Post, { channelId, externalId });
}

function gapsOf(post: Post, told: Facts): Partial<Post> {
  return {
    permalink: post.permalink ?? told.permalink ?? null,
    text: post.text ?? told.text ?? null,
    adId: post.adId ?? told.adId ?? null,
    adTitle: post.adTitle ?? told.adTitle ?? null,
    publishedAt: post.publishedAt ?? told.publishedAt ?? null,
    isAd: post.isAd || (told.isAd ?? false),
    isLive: post.isLive || (told.isLive ?? false),
  };
}

async function change(manager: EntityManager, post: Post, facts: Partial<Post>): Promise<void> {
  const before: Record<string, unknown> = { ...post };
  const news = Object.entries(facts).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
  if (news.length) await manager.update(Post, post.id, Object.fromEntries(news));
}
