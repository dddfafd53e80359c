import type { Attachment } from '../api/shapes.js';
import { text } from '../text/text.js';

/** Where a file can be had: stored here, or through us from the platform. */
export const attachmentUrl = (id: string) => `/api/v1/attachments/${id}`;

export type MediaKind = 'picture' | 'video' | 'audio';

/** Platforms name the type of a file they only link to as far as they know it: `image/*`. */
const kinds: Array<[RegExp, MediaKind]> = [
  [/^image\/(png|jpe?g|gif|webp|avif|\*)$/, 'picture'],
  [/^video\//, 'video'],
  [/^audio\//, 'audio'],
];

/** How a browser shows a file; null for one that is only downloaded. */
export const mediaKind = ({ contentType }: Pick<Attachment, 'contentType'>): MediaKind | null =>
  kinds.find(([types]) => types.test(contentType))?.[1] ?? null;

/** What of a story a platform shows, without telling which of both it is. */
const pictureOrVideo = 'image/*, video/*';

/** The ways to show a file, in the order in which they are tried. */
export function waysToShow(file: Pick<Attachment, 'contentType'>): MediaKind[] {
  if (file.contentType === pictureOrVideo) return ['picture', 'video'];
  const kind = mediaKind(file);
  return kind ? [kind] : [];
}

/** A file in a word: what platforms call their pictures and films says nothing. */
export function whatItIs(file: Attachment): string {
  const kind = mediaKind(file);
  return kind ? text.files[kind] : file.filename;
}
