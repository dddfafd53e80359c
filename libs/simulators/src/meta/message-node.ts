import type { Core } from './core.js';
import type { Thread, ThreadMessage } from './world.js';

type Node = Record<string, unknown>;

interface Told {
  type: string;
  payload?: { url?: string; title?: string; sticker_id?: unknown } | null;
}

/** What a message says when it is read: other keys than in webhooks for the same things. */
export function messageNode(core: Core, { account }: Thread, message: ThreadMessage, people: { customer: Node; business: Node }): Node {
  const { content = {}, files = [], replyTo, reactions = [] } = message;
  const told = (content.attachments ?? []) as unknown as Told[];
  const story = (content.reply_to as { story?: { id: string; url: string } } | undefined)?.story;
  const links = told.filter(({ type, payload }) => shared.has(type) && payload?.url);
  const mention = told.find(({ type }) => type === 'story_mention');
  const own = told.some(({ type }) => isFile(type)) ? files.map((id) => fileNode(core, id, account.kind)) : [];
  return {
    message: message.text,
    ...(own.length > 0 && { attachments: { data: own } }),
    ...(links.length > 0 && { shares: { data: links.map(({ payload }) => ({ link: payload!.url, name: payload!.title })) } }),
    ...(told[0]?.type === 'sticker' && { sticker: told[0].payload?.url }),
    ...(replyTo && { reply_to: { mid: readId(core, replyTo) } }),
    ...(story && { story: { reply_to: { link: fresh(core, files[0], story.url), id: story.id } } }),
    ...(mention && { story: { mention: { link: fresh(core, files[0], mention.payload?.url), id: files[0] } } }),
    ...(reactions.length > 0 && {
      reactions: { data: reactions.map(({ by, reaction }) => ({ reaction, users: [people[by]] })) },
    }),
    ...(content.is_unsupported === true && { is_unsupported: true }),
  };
}

/** By what id a message is read: none of Meta's pages promises that it is the one of the webhook. */
export const readId = ({ habits }: Core, mid: string) => (habits.readIdsDiffer ? `${mid}x` : mid);

const shared = new Set(['fallback', 'share', 'post', 'ig_post', 'reel', 'ig_reel', 'template']);
const isFile = (type: string) => ['image', 'video', 'audio', 'file'].includes(type);

/** A new signature with every read. */
const fresh = (core: Core, file: string | undefined, told: string | undefined) => (file ? core.cdn.url(file) : told);

function fileNode(core: Core, id: string, kind: 'page' | 'instagram'): Node {
  const file = core.cdn.find(id);
  const url = core.cdn.url(id);
  const [type] = (file?.contentType ?? '').split('/');
  const size = { width: 160, height: 120 };
  const view = {
    ...(type === 'image' && {
      image_data: { ...size, max_width: 160, max_height: 120, url, preview_url: url, image_type: 1, render_as_sticker: false },
    }),
    ...(type === 'video' && { video_data: { ...size, length: 1, video_type: 1, url, preview_url: url, rotation: 0 } }),
    ...(type !== 'image' && type !== 'video' && { file_url: url }),
  };
  if (kind === 'instagram') return view;
  return { id, mime_type: file?.contentType, name: file?.name, size: file?.size, ...view };
}
