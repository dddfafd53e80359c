import { Controller, type MessageEvent, type OnModuleDestroy, Sse } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { interval, map, merge, type Observable, of, Subject, takeUntil } from 'rxjs';
import type { Change } from './change.entity.js';
import { OptionalHeader } from '../http/header.param.js';
import { Changes } from './changes.service.js';

const pingMs = 15_000;
const reconnectMs = 1_000;

/** Server-sent events: which ids changed. Browsers refetch those and nothing else. */
@ApiTags('Realtime')
@Controller('api/v1/events')
export class EventsController implements OnModuleDestroy {
  private readonly stopping = new Subject<void>();

  constructor(private readonly changes: Changes) {}

  /** `Last-Event-ID` resumes without a gap; `reset` says that the gap is too old and everything has to be fetched anew. */
  @Sse()
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  stream(@OptionalHeader('last-event-id') lastId: string | null): Observable<MessageEvent> {
    const hello = of<MessageEvent>({ type: 'ready', data: {}, retry: reconnectMs });
    const pings = interval(pingMs).pipe(map((): MessageEvent => ({ type: 'ping', data: {} })));
    const changes = this.changes.subscribe(/^\d{1,18}$/.test(lastId ?? '') ? lastId : null).pipe(map(toEvent));
    return merge(hello, changes, pings).pipe(takeUntil(this.stopping));
  }

  onModuleDestroy(): void {
    this.stopping.next();
  }
}

function toEvent(change: Change | 'reset'): MessageEvent {
  if (change === 'reset') return { type: 'reset', data: {} };
  const { id, type, conversationId, messageId } = change;
  return { id, type, data: { ...(conversationId && { conversationId }), ...(messageId && { messageId }) } };
}
