import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { DataDeletion } from '../channels/channel.entity.js';
import { Public } from '../people/auth.guard.js';
import { Grants } from './grants.service.js';

/** Where a platform sends people who asked it to have their data deleted. */
@Public()
@ApiExcludeController()
@Controller('deletion')
export class DeletionsController {
  constructor(private readonly grants: Grants) {}

  @Get(':code')
  async show(@Param('code') code: string, @Res() reply: FastifyReply): Promise<void> {
    const page = pageOf(await this.grants.deletion(code));
    await reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page);
  }
}

/** All words on it are our own, so nothing has to be escaped. */
function pageOf({ requestedAt, doneAt, outcome }: DataDeletion): string {
  const state = doneAt ? `<p>Done on ${day(doneAt)}. ${outcome}</p>` : '<p>We are working on it. Please look again later.</p>';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Deletion of your data</title><h1>Deletion of your data</h1><p>Asked for on ${day(requestedAt)}.</p>${state}</html>\n`;
}

const day = (date: Date) => date.toISOString().slice(0, 10);
