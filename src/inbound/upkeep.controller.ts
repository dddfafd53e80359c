import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ChannelViews } from '../channels/channel-views.service.js';
import { ChannelView } from '../channels/channels.shapes.js';
import { IdParam } from '../http/id.param.js';
import { Roles } from '../people/auth.guard.js';
import { Upkeeps } from './upkeep.service.js';

@ApiTags('Channels')
@Controller('api/v1/channels/:id/check')
export class UpkeepController {
  constructor(
    private readonly upkeeps: Upkeeps,
    private readonly views: ChannelViews,
  ) {}

  /** Asks the platform now how the account is doing, and mends what can be mended. What it finds is in `health`. */
  @Post()
  @HttpCode(200)
  @Roles('admin', 'supervisor')
  async run(@IdParam() id: string): Promise<ChannelView> {
    return this.views.of(await this.upkeeps.run(id));
  }
}
