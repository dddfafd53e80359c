import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsUUID, ValidateNested } from 'class-validator';
import { type EntityManager, In, IsNull, MoreThan, Not, type SelectQueryBuilder } from 'typeorm';
import { Delivery, type DeliveryState, deliveryStates, type FailureKind, failureKinds } from '../conversations/delivery.entity.js';
import { PageQuery, readCursor, writeCursor } from '../conversations/inbox.query.js';
import { Message } from '../conversations/message.entity.js';
import { CommaSeparated, TrueOrFalse } from '../text-values.js';

/** Which of the replies in trouble. */
export class TroubleFilter {
  @IsOptional() @IsUUID() channelId?: string;
  /** Why it did not arrive. */
  @IsOptional() @IsIn(failureKinds) kind?: FailureKind;
  /** Only those you wrote. */
  @IsOptional() @IsBoolean() mine?: boolean;
}

export class DeliveriesQuery extends PageQuery {
  /** One or several, separated by commas. */
  @IsOptional()
  @CommaSeparated()
  @IsArray()
  @IsIn(deliveryStates, { each: true })
  state?: DeliveryState[];
  /** Only those that wait for somebody's decision: failed, uncertain, or lost for some of their recipients, and not dismissed. Latest trouble first. */
  @IsOptional() @TrueOrFalse() @IsBoolean() attention?: boolean;
  /** Only those you wrote. */
  @IsOptional() @TrueOrFalse() @IsBoolean() mine?: boolean;
  @IsOptional() @IsUUID() channelId?: string;
  /** Why it did not arrive. */
  @IsOptional() @IsIn(failureKinds) kind?: FailureKind;
}

/** The failed ones of a filter, or those of these ids whatever became of them. */
export class RetryBody {
  @IsOptional() @IsArray() @ArrayMaxSize(500) @IsUUID(undefined, { each: true }) ids?: string[];
  /** Every failed reply of this kind that nobody has dismissed. Uncertain ones are only sent again by their ids. */
  @IsOptional() @ValidateNested() @Type(() => TroubleFilter) filter?: TroubleFilter;
}

export class DismissBody {
  @IsArray() @ArrayMaxSize(500) @IsUUID(undefined, { each: true }) ids: string[];
}

/** One page, by keyset: newest first, or with `attention` the latest trouble first. */
export async function deliveriesPage(
  manager: EntityManager,
  query: DeliveriesQuery,
  userId: string,
): Promise<{ rows: Delivery[]; nextCursor: string | null }> {
  const { state, attention, limit = 50, cursor } = query;
  const page = narrowed(manager.createQueryBuilder(Delivery, 'd'), query, userId);
  if (state) page.andWhere({ state: In(state) });
  if (attention) page.andWhere('d.troubleAt IS NOT NULL').orderBy('d.troubleAt', 'DESC');
  const [at, id] = cursor ? readCursor(cursor) : [];
  // Ids are in the order of creation, and have an index.
  if (id) page.andWhere(attention ? '(d.troubleAt, d.id) < (:at, :id)' : 'd.id < :id', { at, id });
  const rows = await page
    .addOrderBy('d.id', 'DESC')
    .limit(limit + 1)
    .getMany();
  const last = rows.length > limit ? rows[limit - 1]! : null;
  return { rows: rows.slice(0, limit), nextCursor: last && writeCursor(last.troubleAt ?? last.createdAt, last.id) };
}

/** Failed ones that somebody should see to, in the order in which they were written; those after `afterId`. */
export function failedOnes(
  manager: EntityManager,
  filter: TroubleFilter,
  userId: string,
  { afterId, limit }: { afterId: string | null; limit: number },
): Promise<Delivery[]> {
  const failed = narrowed(manager.createQueryBuilder(Delivery, 'd'), filter, userId).andWhere({
    state: 'failed',
    troubleAt: Not(IsNull()),
  });
  if (afterId) failed.andWhere({ id: MoreThan(afterId) });
  return failed.orderBy('d.id').limit(limit).getMany();
}

export interface TroubleCount {
  kind: FailureKind | null;
  total: number;
  mine: number;
}

/** How many replies are in trouble, by why; `mine` those of this user. */
export async function countTrouble(manager: EntityManager, userId: string): Promise<TroubleCount[]> {
  const rows = await manager
    .createQueryBuilder(Delivery, 'd')
    .innerJoin(Message, 'm', 'm.id = d.message_id')
    .select('d.errorKind', 'kind')
    .addSelect('COUNT(*)', 'total')
    .addSelect('SUM(CASE WHEN m.author_id = :userId THEN 1 ELSE 0 END)', 'mine')
    .where('d.troubleAt IS NOT NULL')
    .groupBy('d.errorKind')
    .setParameters({ userId })
    .getRawMany<{ kind: FailureKind | null; total: string | number; mine: string | number }>();
  return rows.map(({ kind, total, mine }) => ({ kind, total: Number(total), mine: Number(mine) }));
}

function narrowed(page: SelectQueryBuilder<Delivery>, filter: TroubleFilter, userId: string): SelectQueryBuilder<Delivery> {
  const { channelId, kind: errorKind, mine } = filter;
  for (const [property, value] of Object.entries({ channelId, errorKind })) if (value !== undefined) page.andWhere({ [property]: value });
  if (mine) page.innerJoin(Message, 'm', 'm.id = d.message_id AND m.author_id = :userId', { userId });
  return page;
}
