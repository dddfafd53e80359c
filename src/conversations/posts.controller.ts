import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { sendPicture } from '../files/send-picture.js';
import { IdParam } from '../http/id.param.js';
import { Posts } from './posts.service.js';

@ApiTags('Conversations')
@Controller('api/v1/posts')
export class PostsController {
  constructor(private readonly posts: Posts) {}

  /** The picture of a post, fetched by us from where the platform shows it. 404 once that is no more. */
  @Get(':id/picture')
  async picture(@IdParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    await sendPicture(reply, await this.posts.picture(id), 3_600);
  }
}
