import type { Card } from '#libs/connector';
import type { Attachment } from './message.entity.js';

const length = 160;

/** The start of a text on one line, for lists; never cut inside a character. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = [...line.slice(0, length * 2)];
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}

/** What of a message a list can show when it has no words. */
interface Seen {
  text: string;
  cards?: Card[] | null;
  files: Pick<Attachment, 'filename' | 'contentType'>[];
}

/** The same of a message, of which something is to be seen also when it has no words: what came with it. */
export function previewOf({ text, cards, files }: Seen): string {
  const [card] = cards ?? [];
  if (text.trim()) return shortened(text);
  if (card) return shortened(card.title ? `${cardWords[card.kind]}: ${card.title}` : cardWords[card.kind]);
  if (!files.length) return '';
  const more = files.length > 1 ? ` and ${files.length - 1} more` : '';
  return shortened(`${fileWords(files[0]!)}${more}`);
}

/** Platforms name pictures and films themselves, and such a name says nothing. */
function fileWords({ filename, contentType }: Seen['files'][number]): string {
  return mediaWords[contentType.split('/')[0]!] ?? filename;
}

const mediaWords: Record<string, string> = { image: 'Photo', video: 'Video', audio: 'Audio' };

const cardWords: Record<Card['kind'], string> = {
  'story-reply': 'Answered your story',
  'story-mention': 'Mentioned you in a story',
  mention: 'Mentioned you',
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
