import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { BadRequest } from '../errors.js';
import { OptionalHeader } from '../http/header.param.js';
import { IdParam } from '../http/id.param.js';
import { AnswersSecret } from '../http/idempotency.interceptor.js';
import { CurrentUser } from '../people/auth.guard.js';
import type { User } from '../people/user.entity.js';
import { Actions } from './actions.service.js';
import { ConversationList, ConversationView, MessageList, MessageView, ReplyPreviewView } from './conversation.view.js';
import { Conversations } from './conversations.service.js';
import { InboxQuery, PageQuery } from './inbox.query.js';
import { Moves } from './moves.service.js';
import { Replies } from './replies.service.js';
import { SecondThoughts } from './second-thoughts.service.js';
import {
  ConversationPatchBody,
  ModerationBody,
  MoveBody,
  NoteBody,
  ReactionBody,
  ReadBody,
  ReplyBody,
  ReplyPreviewQuery,
  TypingBody,
} from './conversations.shapes.js';
import { SignsOfLife } from './signs-of-life.service.js';

@ApiTags('Conversations')
@Controller('api/v1')
export class ConversationsController {
  constructor(
    private readonly conversations: Conversations,
    private readonly replies: Replies,
    private readonly secondThoughts: SecondThoughts,
    private readonly moves: Moves,
    private readonly actions: Actions,
    private readonly signs: SignsOfLife,
  ) {}

  @Get('conversations')
  list(@Query() query: InboxQuery, @CurrentUser() user: User): Promise<ConversationList> {
    return this.conversations.list(query, user);
  }

  @Get('conversations/:id')
  find(@IdParam() id: string): Promise<ConversationView> {
    return this.conversations.get(id);
  }

  /** Changes a conversation; 412 when `If-Match` names a version that is no longer the newest. */
  @Patch('conversations/:id')
  @ApiHeader({ name: 'If-Match', required: false, description: 'The `version` the change was made from' })
  patch(
    @IdParam() id: string,
    @Body() body: ConversationPatchBody,
    @OptionalHeader('if-match') ifMatch: string | null,
    @CurrentUser() user: User,
  ): Promise<ConversationView> {
    return this.conversations.patch(id, body, readVersion(ifMatch), user);
  }

  /** Marks a conversation as read or unread, for everybody. Where the platform can, the customer of a chat sees that it was read. */
  @Put('conversations/:id/read')
  @HttpCode(204)
  async setUnread(@IdParam() id: string, @Body() { unread }: ReadBody): Promise<void> {
    const changed = await this.conversations.setUnread(id, unread);
    if (changed && !unread) this.signs.seen(changed);
  }

  /** Shows the customer that we type, or no longer do; does nothing where the platform cannot. */
  @Post('conversations/:id/typing')
  @HttpCode(204)
  async typing(@IdParam() id: string, @Body() { on }: TypingBody): Promise<void> {
    this.signs.types(await this.conversations.row(id), on);
  }

  /** Takes a chat over that another app holds at the platform; 409 when nobody else does; 422, 429 and 503 as for what is done to comments. */
  @Post('conversations/:id/take-over')
  @HttpCode(200)
  takeOver(@IdParam() id: string, @CurrentUser() user: User): Promise<ConversationView> {
    return this.actions.takeOver(id, user);
  }

  /** Oldest first. */
  @Get('conversations/:id/messages')
  messages(@IdParam() id: string, @Query() page: PageQuery): Promise<MessageList> {
    return this.conversations.messages(id, page);
  }

  /** To whom an answer would go and what would stand below it. 422 with the reason when nobody can be answered. */
  @Get('conversations/:id/reply-preview')
  replyPreview(@IdParam() id: string, @Query() query: ReplyPreviewQuery, @CurrentUser() user: User): Promise<ReplyPreviewView> {
    return this.replies.preview(id, query, user);
  }

  /**
   * Answers the customer through the channel they wrote on. 422 with the reason when the channel forbids it. Copies go to
   * `cc` and `bcc` and to nobody else; the preview proposes whom to name there. Where the platform takes it in several messages
   * the first of them is answered; the others name it in `partOf`.
   */
  @Post('conversations/:id/replies')
  @HttpCode(202)
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  reply(
    @IdParam() id: string,
    @Body() body: ReplyBody,
    @CurrentUser() user: User,
    @OptionalHeader('idempotency-key') key: string | null,
  ): Promise<MessageView> {
    return this.replies.reply(id, body, user, key);
  }

  /** Never leaves the team. */
  @Post('conversations/:id/notes')
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  note(
    @IdParam() id: string,
    @Body() { text }: NoteBody,
    @CurrentUser() user: User,
    @OptionalHeader('idempotency-key') key: string | null,
  ): Promise<MessageView> {
    return this.replies.note(id, text, user, key);
  }

  /** Sends a reply again that failed or is uncertain, or that some did not get: only to these. Of one in several messages what has not left yet goes on from there. */
  @Post('messages/:id/retry')
  @HttpCode(202)
  retry(@IdParam() id: string): Promise<MessageView> {
    return this.secondThoughts.retry(id);
  }

  /** Puts a message that came into the wrong conversation into another one of its channel, or into a new one. Later answers to it follow. Moving it back undoes it. */
  @Post('messages/:id/move')
  @HttpCode(200)
  move(@IdParam() id: string, @Body() { conversationId, andLater = false }: MoveBody, @CurrentUser() user: User): Promise<MessageView> {
    return this.moves.move(id, conversationId, andLater, user);
  }

  /** Hides, likes or deletes a comment at the platform, or takes that back: what the message's `moderation` names. 422 with the platform's reason when it refuses, 429 or 503 with `Retry-After` when it may be tried later. */
  @Post('messages/:id/moderate')
  @HttpCode(200)
  @AnswersSecret()
  moderate(@IdParam() id: string, @Body() { action }: ModerationBody, @CurrentUser() user: User): Promise<MessageView> {
    return this.actions.moderate(id, action, user);
  }

  /** Reacts to a customer's message of a chat with one of the emoji that the channel's capabilities name; null takes it back. 422, 429 and 503 as for what is done to comments. */
  @Put('messages/:id/reaction')
  react(@IdParam() id: string, @Body() { emoji }: ReactionBody): Promise<MessageView> {
    return this.actions.react(id, emoji);
  }

  /** Takes back a reply that is still queued, all of its messages; 409 once it is on its way. */
  @Delete('messages/:id')
  @HttpCode(204)
  undo(@IdParam() id: string): Promise<void> {
    return this.secondThoughts.undo(id);
  }
}

function readVersion(ifMatch: string | null): number | null {
  if (ifMatch === null || ifMatch === '*') return null;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(ifMatch)?.[1];
  if (!version) throw new BadRequest('If-Match must be the version of the conversation, a number.');
  return Number(version);
}
