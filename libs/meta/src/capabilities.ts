import type { Capabilities, Moderation, Patience } from '#libs/connector';

const MB = 1024 * 1024;

/** A kind of files that a platform takes, and how large they may be. */
export interface FileRule {
  types: string[];
  maxBytes: number;
}

/** Send API: images 8 MB, audio, video and PDF 25 MB, nothing else. */
export const instagramFiles: FileRule[] = [
  { types: ['image/png', 'image/jpeg', 'image/gif'], maxBytes: 8 * MB },
  {
    types: ['audio/aac', 'audio/x-aac', 'audio/mp4', 'audio/m4a', 'audio/x-m4a', 'audio/wav', 'audio/x-wav', 'audio/wave'],
    maxBytes: 25 * MB,
  },
  { types: ['video/mp4', 'video/ogg', 'video/quicktime', 'video/webm', 'video/avi', 'video/x-msvideo'], maxBytes: 25 * MB },
  { types: ['application/pdf'], maxBytes: 25 * MB },
];

/** Send API: 25 MB of any type. */
export const messengerFiles: FileRule[] = [{ types: [], maxBytes: 25 * MB }];

/** A comment can hold one picture. Meta's pages name no size; this is what photos of a Page may have (unconfirmed). */
export const pageCommentFiles: FileRule[] = [{ types: ['image/png', 'image/jpeg', 'image/gif'], maxBytes: 10 * MB }];

const second = 1000;
/** A chat is answered now or not: nobody waits for longer than some minutes. */
export const briefly: Patience = { waits: [1, 4, 15, 60, 180, 280].map((wait) => wait * second), most: 600 * second };

/** Unconfirmed: no page of Meta's was found that names it. */
const PAGE_COMMENT_CHARACTERS = 8000;
const INSTAGRAM_COMMENT_CHARACTERS = 300;

/** What a reaction is called in the Send API, by the emoji that Meta's apps show for it. */
export const messengerReactions: Record<string, string> = {
  '❤️': 'love',
  '😆': 'smile',
  '😮': 'wow',
  '😢': 'sad',
  '😠': 'angry',
  '👍': 'like',
  '👎': 'dislike',
};
export const instagramReactions: Record<string, string> = {
  '❤️': 'love',
  '😆': 'laugh',
  '😮': 'wow',
  '😢': 'sad',
  '😠': 'angry',
  '👍': 'like',
};

const typesOf = (rules: FileRule[]) => rules.flatMap(({ types }) => types);
const largestOf = (rules: FileRule[]) => Math.max(...rules.map(({ maxBytes }) => maxBytes));

const chats = { html: false, subject: false, cc: false, attachments: true, splits: true, typing: true };
const comments = { ...chats, splits: false, typing: false, reactions: [] };

const pageModeration: Moderation[] = ['hide', 'unhide', 'like', 'unlike', 'delete'];
const instagramModeration: Moderation[] = ['hide', 'unhide', 'delete'];

/** Send API: 2000 characters, counted here as UTF-16 units: by no other way of counting are they more. */
export const messengerChats: Capabilities = {
  ...chats,
  maxLength: 2000,
  lengthUnit: 'characters',
  fileTypes: typesOf(messengerFiles),
  maxFileBytes: largestOf(messengerFiles),
  reactions: Object.keys(messengerReactions),
  moderation: pageModeration,
};

export const pageComments: Capabilities = {
  ...comments,
  maxLength: PAGE_COMMENT_CHARACTERS,
  lengthUnit: 'characters',
  fileTypes: typesOf(pageCommentFiles),
  maxFileBytes: largestOf(pageCommentFiles),
  moderation: pageModeration,
};

/** Send API: 1000 bytes of UTF-8; an older page of Meta's says characters, which are never more. */
export const instagramChats: Capabilities = {
  ...chats,
  maxLength: 1000,
  lengthUnit: 'bytes',
  fileTypes: typesOf(instagramFiles),
  maxFileBytes: largestOf(instagramFiles),
  reactions: Object.keys(instagramReactions),
  moderation: instagramModeration,
};

export const instagramComments: Capabilities = {
  ...comments,
  attachments: false,
  maxLength: INSTAGRAM_COMMENT_CHARACTERS,
  lengthUnit: 'characters',
  fileTypes: [],
  maxFileBytes: null,
  moderation: instagramModeration,
};
