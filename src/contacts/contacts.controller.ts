import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam } from '../http/id.param.js';
import { Contacts } from './contacts.service.js';
import { ContactView, IdentityPatchBody, identityView } from './contacts.shapes.js';

@ApiTags('Contacts')
@Controller('api/v1/contacts')
export class ContactsController {
  constructor(private readonly contacts: Contacts) {}

  /** A customer and the ways platforms know them; their conversations are `GET /conversations?contactId=`. */
  @Get(':id')
  async find(@IdParam() id: string): Promise<ContactView> {
    const { contact, identities } = await this.contacts.get(id);
    const { name, createdAt } = contact;
    return { id, name, createdAt, identities: identities.map(identityView) };
  }

  /** Whether pictures in mail from this address are shown without asking each time. */
  @Patch(':id/identities/:identityId')
  async patchIdentity(
    @IdParam() id: string,
    @IdParam('identityId') identityId: string,
    @Body() { remoteImages }: IdentityPatchBody,
  ): Promise<ContactView> {
    await this.contacts.allowImages(id, identityId, remoteImages);
    return this.find(id);
  }
}
