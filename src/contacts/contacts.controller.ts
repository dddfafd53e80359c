import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { NotFound } from '../errors.js';
import { FileStore } from '../files/file-store.js';
import { pictureType } from '../files/picture-type.js';
import { sendPicture } from '../files/send-picture.js';
import { IdParam } from '../http/id.param.js';
import { Contacts } from './contacts.service.js';
import { ContactView, IdentityPatchBody, identityView, pictureOf } from './contacts.shapes.js';

@ApiTags('Contacts')
@Controller('api/v1/contacts')
export class ContactsController {
  constructor(
    private readonly contacts: Contacts,
    private readonly files: FileStore,
  ) {}

  /** A customer and the ways platforms know them; their conversations are `GET /conversations?contactId=`. */
  @Get(':id')
  async find(@IdParam() id: string): Promise<ContactView> {
    const { contact, identities } = await this.contacts.get(id);
    const { name, createdAt } = contact;
    return { id, name, pictureUrl: pictureOf(id, identities), createdAt, identities: identities.map(identityView) };
  }

  /** Their picture at the first platform that showed one. */
  @Get(':id/picture')
  async picture(@IdParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    const { identities } = await this.contacts.get(id);
    const sha256 = identities.find(({ pictureSha256 }) => pictureSha256)?.pictureSha256;
    if (!sha256) throw new NotFound('There is no picture of this contact.');
    const content = await this.files.read(sha256);
    await sendPicture(reply, { contentType: pictureType(content), content }, 3_600);
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
