import type { Card } from '#libs/connector';

const length = 160;

/** The start of a text on one line, for lists; never cut inside a character. */
export function preview(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = [...line.slice(0, length * 2)];
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}

/** The same of a message, of which something is to be seen also when it has no words: what came with it. */
export function previewOf({ text, cards, files }: { text: string; cards?: Card[] | null; files: string[] }): string {
  const [card] = cards ?? [];
  return preview(text.trim() || files[0] || (card ? (card.title ?? cardWords[card.kind]) : ''));
}

const cardWords: Record<Card['kind'], string> = {
  'story-reply': 'Answered a story',
  'story-mention': 'Mentioned us in a story',
  mention: 'Mentioned us',
  post: 'Shared a post',
  reel: 'Shared a reel',
  link: 'Shared a link',
  ad: 'Came from an ad',
  referral: 'Came by a link',
  product: 'Asks about a product',
  location: 'Shared a place',
  button: 'Tapped a button',
  template: 'Sent a template',
  'view-once': 'Sent something to be seen once',
  unsupported: 'Sent something that only the app itself can show',
};
