import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NotFound } from '../errors.js';
import { Public } from '../people/auth.guard.js';

/** The built web app, beside the built server. */
export const webRoot = join(import.meta.dirname, '../../web');

/** The web app: its files, and its page for every path that only the browser's router knows. */
@Public()
@ApiExcludeController()
@Controller()
export class WebController {
  private readonly files = new Set(existsSync(webRoot) ? readdirSync(webRoot, { recursive: true, encoding: 'utf8' }) : []);

  @Get(['/', '*'])
  async serve(@Req() { url }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = decodeURIComponent(url.split('?')[0]!).slice(1);
    if (path && this.files.has(path) && !path.endsWith('.html')) {
      // Built files carry a hash of their content in their name.
      const cache = path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
      return void (await reply.header('cache-control', cache).sendFile(path, { cacheControl: false }));
    }
    if (/^(api|webhooks|assets)(\/|$)|\.\w{1,5}$/.test(path) || !this.files.has('index.html')) throw new NotFound('There is nothing here.');
    await reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
  }
}
