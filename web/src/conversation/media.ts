import type { Attachment } from '../api/shapes.js';

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
