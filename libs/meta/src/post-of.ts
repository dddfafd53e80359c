import { ConnectorError, type Post } from '#libs/connector';
import { callGraph } from './graph.js';
import { asText, type JsonObject } from './json.js';
import type { Line } from './line.js';
import { mentioned } from './mentioned.js';

const PAGE_POST = 'id,message,story,created_time,permalink_url,full_picture,is_published,promotion_status,status_type';
const INSTAGRAM_MEDIA = 'id,caption,timestamp,permalink,media_type,media_product_type,media_url,thumbnail_url';
/** What is documented of media in which the account is named. */
const MENTIONED_MEDIA = 'id,caption,timestamp,permalink,media_type,media_url';

/** What Meta tells of a Page's post or an Instagram media; of somebody else's media only when it names the account. Null when it is gone or not ours to see. Throws ConnectorError when it cannot be asked. */
export async function postOf(line: Line, postId: string): Promise<Post | null> {
  const { access, platform } = line;
  const fields = platform === 'messenger' ? PAGE_POST : INSTAGRAM_MEDIA;
  try {
    const { body } = await callGraph(access, { method: 'GET', path: encodeURIComponent(postId), query: { fields } });
    return platform === 'messenger' ? pagePost(postId, body) : instagramMedia(postId, body);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'rejected') throw error;
    const media = await mentioned(line, 'media', postId, MENTIONED_MEDIA);
    return media ? instagramMedia(postId, media) : null;
  }
}

/** A post that never was in the feed is an ad (a "dark post"); one that was may be promoted, and remains a post. */
function pagePost(id: string, post: JsonObject): Post {
  return {
    ...known(id, post.permalink_url, post.message ?? post.story, post.full_picture, post.created_time),
    isAd: post.is_published === false,
    isLive: post.status_type === 'live_video' || post.status_type === 'added_live_video',
  };
}

/** A carousel shows its first picture, a video its still. */
function instagramMedia(id: string, media: JsonObject): Post {
  const still = media.media_type === 'VIDEO' ? media.thumbnail_url : (media.media_url ?? media.thumbnail_url);
  return {
    ...known(id, media.permalink, media.caption, still, media.timestamp),
    isAd: media.media_product_type === 'AD',
    isLive: media.media_product_type === 'LIVE',
  };
}

function known(id: string, permalink: unknown, text: unknown, picture: unknown, time: unknown): Omit<Post, 'isAd' | 'isLive'> {
  const published = Date.parse(String(time));
  return {
    ...{ id, permalink: asText(permalink) ?? null, text: asText(text) ?? null, pictureUrl: asText(picture) ?? null },
    ...{ adId: null, adTitle: null, publishedAt: Number.isNaN(published) ? null : new Date(published) },
  };
}
