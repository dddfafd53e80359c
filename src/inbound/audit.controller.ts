import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam } from '../http/id.param.js';
import { Roles } from '../people/auth.guard.js';
import { Audits } from './audit.service.js';
import { AuditView } from './audit.shapes.js';

@ApiTags('Channels')
@Controller('api/v1/channels/:id/audit')
export class AuditController {
  constructor(private readonly audits: Audits) {}

  /** Compares everything the mailbox or platform holds with the ledger, and takes in what is missing. Takes as long as the mailbox is large. */
  @Post()
  @HttpCode(200)
  @Roles('admin', 'supervisor')
  run(@IdParam() id: string): Promise<AuditView> {
    return this.audits.run(id);
  }
}
