import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ChannelViews } from '../channels/channel-views.service.js';
import { Channels } from '../channels/channels.service.js';
import { ChannelView } from '../channels/channels.shapes.js';
import { IdParam } from '../http/id.param.js';
import { Roles } from '../people/auth.guard.js';
import { Circuits } from './circuits.service.js';
import { HeldReplies } from './held-replies.service.js';

/** Whether replies of a channel leave. */
@ApiTags('Channels')
@Controller('api/v1/channels/:id/resume-sending')
export class SendingController {
  constructor(
    private readonly channels: Channels,
    private readonly views: ChannelViews,
    private readonly circuits: Circuits,
    private readonly heldReplies: HeldReplies,
  ) {}

  /** Where sending is held because nothing gets through: tries at once, with one reply. If that arrives the others follow. */
  @Post()
  @HttpCode(200)
  @Roles('admin', 'supervisor')
  async resume(@IdParam() id: string): Promise<ChannelView> {
    const channel = await this.channels.get(id);
    const since = await this.circuits.resume(id);
    if (since) await this.heldReplies.freeSince(id, since);
    return this.views.of(channel);
  }
}
