import { Controller, type MessageEvent, Sse } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { fromEvent, interval, map, merge, type Observable, of, takeUntil, tap } from 'rxjs';
import { Stopping } from '../health/stopping.js';
import { OptionalHeader } from '../http/header.param.js';
import { Changes, type News } from './changes.service.js';

const pingMs = 15_000;
const reconnectMs = 1_000;

/** Server-sent events: which ids changed. Browsers refetch those and nothing else. */
@ApiTags('Realtime')
@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly changes: Changes,
    private readonly stopping: Stopping,
  ) {}

  /** `Last-Event-ID` resumes without a gap; `reset` says that the gap is too old and everything has to be fetched anew. */
  @Sse()
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  stream(@OptionalHeader('last-event-id') lastId: string | null): Observable<MessageEvent> {
    // Nest numbers events that have no id, and a browser would resume from that number: each repeats where the stream is.
    let at = '0';
    const changes = this.changes.subscribe(/^\d{1,18}$/.test(lastId ?? '') ? lastId : null).pipe(
      tap(({ id }) => (at = Number(id) > Number(at) ? id : at)),
      map((news): MessageEvent => ({ ...toEvent(news), id: at })),
    );
    const pings = interval(pingMs).pipe(map((): MessageEvent => ({ type: 'ping', data: {}, id: at })));
    const { signal } = this.stopping;
    return merge(changes, pings).pipe(takeUntil(signal.aborted ? of(true) : fromEvent(signal, 'abort')));
  }
}

function toEvent(news: News): MessageEvent {
  if (news.type === 'ready') return { type: 'ready', data: {}, retry: reconnectMs };
  if (news.type === 'reset') return { type: 'reset', data: {} };
  const { type, conversationId, messageId } = news;
  return { type, data: { ...(conversationId && { conversationId }), ...(messageId && { messageId }) } };
}
