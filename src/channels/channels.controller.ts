import { Body, Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Connectors } from '../connectors.js';
import { IdParam } from '../http/id.param.js';
import { Roles } from '../people/auth.guard.js';
import { ChannelViews } from './channel-views.service.js';
import { Channels } from './channels.service.js';
import {
  ChannelList,
  ChannelPatchBody,
  ChannelTestView,
  ChannelView,
  ChannelWithSettings,
  ConnectorView,
  NewChannelBody,
} from './channels.shapes.js';

@ApiTags('Channels')
@Controller('api/v1')
export class ChannelsController {
  constructor(
    private readonly channels: Channels,
    private readonly views: ChannelViews,
    private readonly connectors: Connectors,
  ) {}

  /** The kinds of channel there are, what each can do, and what it must be told. */
  @Get('connectors')
  listConnectors(): ConnectorView[] {
    return this.connectors.all().map((connector) => {
      const { type, label, kinds, capabilities, publicCapabilities = null, asksAddress, signIn, audit, upkeep } = connector;
      return {
        type,
        label,
        kinds,
        capabilities,
        publicCapabilities,
        asksAddress,
        signIn: signIn?.providers ?? [],
        audits: !!audit,
        checks: !!upkeep,
        settingsSchema: this.connectors.schemaOf(connector),
      };
    });
  }

  @Get('channels')
  async list(): Promise<ChannelList> {
    const channels = await this.channels.list();
    return { items: await Promise.all(channels.map((channel) => this.views.of(channel))), nextCursor: null };
  }

  @Get('channels/:id')
  @Roles('admin', 'supervisor')
  async find(@IdParam() id: string): Promise<ChannelWithSettings> {
    const channel = await this.channels.get(id);
    return { ...(await this.views.of(channel)), settings: await this.channels.visibleSettings(channel) };
  }

  /** Connects an account. The credentials are tried first: 422 with the server's own words when it refuses them. */
  @Post('channels')
  @Roles('admin')
  async create(@Body() body: NewChannelBody): Promise<ChannelView> {
    return this.views.of(await this.channels.create(body));
  }

  /** Tries settings without keeping them. */
  @Post('channels/test')
  @HttpCode(200)
  @Roles('admin')
  async test(@Body() body: NewChannelBody): Promise<ChannelTestView> {
    const { checks, choices } = await this.channels.test(body);
    return { ok: checks.every(({ ok }) => ok), checks, choices };
  }

  @Patch('channels/:id')
  @Roles('admin')
  async update(@IdParam() id: string, @Body() patch: ChannelPatchBody): Promise<ChannelView> {
    return this.views.of(await this.channels.update(id, patch));
  }

  /** Disconnects the account and forgets its credentials; its conversations stay. */
  @Delete('channels/:id')
  @HttpCode(204)
  @Roles('admin')
  remove(@IdParam() id: string): Promise<void> {
    return this.channels.remove(id);
  }
}
