import { ConnectorError, type Capabilities, type FileFacts, type Part, type ReplyMode } from '#libs/connector';
import {
  instagramChats,
  instagramComments,
  instagramFiles,
  messengerChats,
  messengerFiles,
  pageCommentFiles,
  pageComments,
  type FileRule,
} from './capabilities.js';
import { cutText } from './cut-text.js';
import type { Platform } from './line.js';

interface Reply {
  text: string;
  files: FileFacts[];
  mode: ReplyMode | null;
}

/** What takes a reply in: how long, which files, and by what name agents know it. */
interface Place {
  name: string;
  limits: Capabilities;
  files: FileRule[];
}

const chats: Record<Platform, Place> = {
  messenger: { name: 'Messenger', limits: messengerChats, files: messengerFiles },
  instagram: { name: 'Instagram', limits: instagramChats, files: instagramFiles },
};
const comments: Record<Platform, Place> = {
  messenger: { name: 'A Facebook comment', limits: pageComments, files: pageCommentFiles },
  instagram: { name: 'An Instagram comment', limits: instagramComments, files: [] },
};

/**
 * The messages a reply leaves as. In a chat: the text, cut where it is longer than one message, then each file by itself, as
 * a message is text or file. A comment, and the one private answer to it, cannot go on in a second message.
 */
export function splitReply({ text, files, mode }: Reply, platform: Platform): Part[] {
  if (!text.trim() && !files.length) throw new ConnectorError('rejected', 'There is no text to send.');
  const place = mode === 'public' ? comments[platform] : chats[platform];
  files.forEach((file) => checkFile(file, place));
  if (mode === 'public') return [publicAnswer(text, files, place)];
  if (mode === 'private') return [privateAnswer(text, files, platform)];
  const { maxLength, lengthUnit } = place.limits;
  const texts = text.trim() ? cutText(text, maxLength!, measures[lengthUnit]) : [];
  return [...texts.map((part) => ({ text: part, fileIds: [] })), ...files.map(({ id }) => ({ text: '', fileIds: [id] }))];
}

const measures = { characters: (text: string) => text.length, bytes: (text: string) => Buffer.byteLength(text) };

function publicAnswer(text: string, files: FileFacts[], place: Place): Part {
  checkLength(text, place, 'Shorten it, or answer privately.');
  if (files.length > 1)
    throw new ConnectorError('rejected', `${place.name} can hold one picture, not ${files.length} files.`, {
      action: 'Leave one of them.',
    });
  return { text, fileIds: files.map(({ id }) => id) };
}

/** Any kind of message on Facebook, on Instagram text alone. */
function privateAnswer(text: string, files: FileFacts[], platform: Platform): Part {
  checkLength(text, chats[platform], 'Shorten it: Meta allows one private message until the customer answers.');
  const takes = platform === 'messenger' ? 'either text or one file' : 'text without files';
  const tooMuch = platform === 'messenger' ? files.length + (text.trim() ? 1 : 0) > 1 : files.length > 0;
  if (tooMuch)
    throw new ConnectorError('rejected', `A private answer to a comment is one message: ${takes}.`, {
      action: 'Send the rest when the customer has answered.',
    });
  return { text, fileIds: files.map(({ id }) => id) };
}

function checkLength(text: string, { name, limits: { maxLength, lengthUnit } }: Place, action: string): void {
  const length = measures[lengthUnit](text);
  if (length <= maxLength!) return;
  const unit = lengthUnit === 'bytes' ? 'bytes (letters with accents count two or more, emoji four)' : 'characters';
  throw new ConnectorError('rejected', `The text is too long: ${length} ${unit}, and ${name} takes at most ${maxLength}.`, { action });
}

function checkFile({ filename, contentType, size }: FileFacts, { name, files }: Place): void {
  if (!files.length)
    throw new ConnectorError('rejected', `${name} can hold no files: “${filename}” cannot be sent.`, {
      action: 'Send a link, or answer privately.',
    });
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  const rule = files.find(({ types }) => !types.length || types.includes(type));
  const allowed = files.flatMap(({ types }) => types).join(', ');
  if (!rule) throw new ConnectorError('rejected', `${name} does not take “${filename}” (${type}).`, { action: `It takes ${allowed}.` });
  if (size > rule.maxBytes)
    throw new ConnectorError(
      'rejected',
      `“${filename}” is too large: ${megabytes(size)} MB, and ${name} takes at most ${megabytes(rule.maxBytes)} MB of its kind.`,
      { action: 'Make it smaller, or send a link.' },
    );
}

const megabytes = (bytes: number) => Math.ceil((bytes / (1024 * 1024)) * 10) / 10;
