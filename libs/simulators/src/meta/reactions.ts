import type { MetaAccount } from './world.js';

const names: Record<string, string> = { '❤️': 'love', '😮': 'wow', '😢': 'sad', '😠': 'angry', '👍': 'like', '👎': 'dislike' };
const emojis = Object.fromEntries(Object.entries(names).map(([emoji, name]) => [name, emoji]));

/** The word webhooks have for a reaction; laughing is `smile` on Messenger and `laugh` on Instagram, all rarer ones are `other`. */
export function reactionName(emoji: string, kind: MetaAccount['kind']): string {
  if (emoji === '😆') return kind === 'page' ? 'smile' : 'laugh';
  return names[emoji] ?? 'other';
}

/** The emoji of a reaction that an app asks for, by word or as emoji; undefined for one that there is not. */
export function reactionEmoji(reaction: string): string | undefined {
  if (reaction === 'smile' || reaction === 'laugh') return '😆';
  return emojis[reaction] ?? (/^\p{Extended_Pictographic}/u.test(reaction) ? reaction : undefined);
}
