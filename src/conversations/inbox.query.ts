import { IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUUID, Matches, Max, MaxLength, Min } from 'class-validator';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { BadRequest } from '../errors.js';
import { TrueOrFalse, WholeNumber } from '../text-values.js';
import { Conversation, type ConversationStatus, statuses } from './conversation.entity.js';

const uuidOr = (words: string) => new RegExp(`^(${words}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`);

/** A page of a list. */
export class PageQuery {
  @IsOptional() @WholeNumber() @IsInt() @Min(1) @Max(100) limit?: number;
  /** The `nextCursor` of the page before. */
  @IsOptional() @IsString() @MaxLength(500) cursor?: string;
}

/** Which conversations, in which order. */
export class InboxQuery extends PageQuery {
  @IsOptional() @IsIn(statuses) status?: ConversationStatus;
  @IsOptional() @IsIn(['email', 'dm', 'comment']) kind?: 'email' | 'dm' | 'comment';
  @IsOptional() @IsUUID() channelId?: string;
  /** A user's id, `me` or `none`. */
  @IsOptional() @Matches(uuidOr('me|none'), { message: 'assigneeId must be a user id, "me" or "none"' }) assigneeId?: string;
  @IsOptional() @IsUUID() teamId?: string;
  @IsOptional() @IsString() @MaxLength(100) tag?: string;
  @IsOptional() @IsUUID() contactId?: string;
  @IsOptional() @TrueOrFalse() @IsBoolean() unread?: boolean;
  /** Words that a message, its subject or its author must have, the last one perhaps unfinished; or an address; or a number such as `#12`. */
  @IsOptional() @IsString() @MaxLength(300) q?: string;
  /** `waiting`: longest without an answer first. `closing`: whose reply window narrows soonest first, without those that have none. */
  @IsOptional() @IsIn(['newest', 'oldest', 'waiting', 'closing']) sort?: 'newest' | 'oldest' | 'waiting' | 'closing';
}

const orders = {
  newest: { column: 'lastMessageAt', direction: 'DESC' },
  oldest: { column: 'lastMessageAt', direction: 'ASC' },
  waiting: { column: 'waitingSince', direction: 'ASC' },
  closing: { column: 'windowClosesAt', direction: 'ASC' },
} as const;

/** One page of the inbox, by keyset: a conversation that moves up while someone pages is at worst seen twice, none is skipped for it. */
export async function inboxPage(
  manager: EntityManager,
  query: InboxQuery,
  userId: string,
): Promise<{ rows: Conversation[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const { column, direction } = orders[query.sort ?? 'newest'];
  const page = filtered(manager.createQueryBuilder(Conversation, 'c'), query, userId);
  if (column !== 'lastMessageAt') page.andWhere(`c.${column} IS NOT NULL`);
  if (query.cursor) {
    const [at, id] = readCursor(query.cursor);
    page.andWhere(`(c.${column}, c.id) ${direction === 'DESC' ? '<' : '>'} (:at, :id)`, { at, id });
  }
  const rows = await page
    .orderBy(`c.${column}`, direction)
    .addOrderBy('c.id', direction)
    .limit(limit + 1)
    .getMany();
  const last = rows.length > limit ? rows[limit - 1]! : null;
  return { rows: rows.slice(0, limit), nextCursor: last && writeCursor(last[column]!, last.id) };
}

function filtered(page: SelectQueryBuilder<Conversation>, query: InboxQuery, userId: string): SelectQueryBuilder<Conversation> {
  const { status, kind, channelId, teamId, contactId, unread } = query;
  // All of it was moved elsewhere; it stays behind its link, so that it can be moved back.
  page.andWhere('c.messageCount > 0');
  for (const [property, value] of Object.entries({ status, kind, channelId, teamId, contactId, unread })) {
    if (value !== undefined) page.andWhere({ [property]: value });
  }
  if (query.assigneeId === 'none') page.andWhere('c.assigneeId IS NULL');
  else if (query.assigneeId) page.andWhere({ assigneeId: query.assigneeId === 'me' ? userId : query.assigneeId });
  if (query.tag) page.andWhere('c.id IN (SELECT conversation_id FROM conversation_tag WHERE tag = :tag)', { tag: query.tag });
  const words = query.q?.normalize('NFKC').match(/[\p{L}\p{N}\p{M}]+/gu);
  const asked = query.q?.trim();
  if (asked) {
    const number = /^#?(\d{1,9})$/.exec(asked)?.[1] ?? -1;
    page.andWhere(`(${matching(page, words ?? [])} OR ${withAddress} OR c.number = :number)`, { address: asked.toLowerCase(), number });
  }
  return page;
}

const withAddress = 'c.contactId IN (SELECT contact_id FROM identity WHERE external_id = :address)';

function matching(page: SelectQueryBuilder<Conversation>, words: string[]): string {
  if (!words.length) return '1 = 0';
  if (page.connection.options.type === 'postgres') {
    page.setParameter('match', words.map((word) => `${word}:*`).join(' & '));
    return `c.id IN (SELECT conversation_id FROM message_search WHERE body @@ to_tsquery('simple', :match))`;
  }
  page.setParameter('match', words.map((word) => `"${word}"*`).join(' '));
  return 'c.id IN (SELECT conversation_id FROM message_search WHERE body MATCH :match)';
}

export const writeCursor = (at: Date, id: string): string => Buffer.from(`${at.toISOString()} ${id}`).toString('base64url');

/** Throws BadRequest for what {@link writeCursor} did not write. */
export function readCursor(cursor: string): [Date, string] {
  const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const date = new Date(at ?? '');
  if (!id || Number.isNaN(date.getTime()) || !uuidOr('-').test(id))
    throw new BadRequest('This cursor is not one of ours. Start again without it.');
  return [date, id];
}
