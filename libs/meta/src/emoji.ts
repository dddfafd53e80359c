import { asText } from './json.js';

const emojis: Record<string, string> = {
  love: '❤️',
  like: '👍',
  dislike: '👎',
  haha: '😆',
  laugh: '😆',
  smile: '😆',
  wow: '😮',
  sad: '😢',
  angry: '😠',
  care: '🤗',
  pride: '🏳️‍🌈',
  thankful: '🌸',
};

/** The emoji of a reaction: as the platform gives it, else by the name it has for it; names that we do not know stay words. */
export function emojiOf(emoji: unknown, name: unknown): string {
  const word = asText(name)?.toLowerCase() ?? 'reaction';
  return asText(emoji) ?? (Object.hasOwn(emojis, word) ? emojis[word]! : word);
}
