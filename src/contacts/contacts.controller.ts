import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam } from '../http/id.param.js';
import { Contacts } from './contacts.service.js';
import { ContactView } from './contacts.shapes.js';

@ApiTags('Contacts')
@Controller('api/v1/contacts')
export class ContactsController {
  constructor(private readonly contacts: Contacts) {}

  /** A customer and the ways platforms know them; their conversations are `GET /conversations?contactId=`. */
  @Get(':id')
  async find(@IdParam() id: string): Promise<ContactView> {
    const { contact, identities } = await this.contacts.get(id);
    const { name, createdAt } = contact;
    return { id, name, createdAt, identities: identities.map(({ id, scope, externalId, name }) => ({ id, scope, externalId, name })) };
  }
}
