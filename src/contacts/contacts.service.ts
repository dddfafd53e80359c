import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import type { Person } from '#libs/connector';
import { newId } from '../database/columns.js';
import { insertNew } from '../database/data-source.js';
import { NotFound } from '../errors.js';
import { Contact, Identity } from './contact.entity.js';

/** What a platform told of somebody; null for what it did not. */
export interface Learnt {
  name: string | null;
  pictureSha256: string | null;
}

/** Somebody, and whether a name was told just now of whom we knew without one. */
export interface Recognised {
  identity: Identity;
  nowNamed: boolean;
}

const isDue = '(name IS NULL OR picture_sha256 IS NULL) AND (name_asked_at IS NULL OR name_asked_at < :yesterday)';

/** Customers and the ways platforms know them. */
@Injectable()
export class Contacts {
  constructor(private readonly database: DataSource) {}

  async get(id: string): Promise<{ contact: Contact; identities: Identity[] }> {
    const contact = await this.database.manager.findOneBy(Contact, { id });
    if (!contact) throw new NotFound('There is no such contact.');
    return { contact, identities: await this.database.manager.find(Identity, { where: { contactId: id }, order: { id: 'ASC' } }) };
  }

  /** The identity of a person, with a new contact when nobody knows them yet. Two at once end with the same one. */
  async recognise(manager: EntityManager, { scope, id: externalId, name }: Person): Promise<Recognised> {
    const known = await manager.findOneBy(Identity, { scope, externalId });
    if (known) return this.named(manager, known, name);
    const contact = { id: newId(), name, createdAt: new Date() };
    await manager.insert(Contact, contact);
    await insertNew(manager, Identity, {
      id: newId(),
      contactId: contact.id,
      scope,
      externalId,
      name,
      nameAskedAt: null,
      pictureSha256: null,
      remoteImages: false,
      undeliverable: null,
    });
    const identity = await manager.findOneByOrFail(Identity, { scope, externalId });
    if (identity.contactId === contact.id) return { identity, nowNamed: false };
    await manager.delete(Contact, contact.id);
    return this.named(manager, identity, name);
  }

  /** True for one caller a day, who then asks the platform for what is not known of them. */
  async claimQuestion({ scope, id: externalId }: Person): Promise<boolean> {
    const { manager } = this.database;
    const whose = { scope, externalId };
    const yesterday = { yesterday: new Date(Date.now() - 86_400_000) };
    // Most are known or were asked about: looking costs less than a change that changes nothing.
    const look = manager.createQueryBuilder(Identity, 'identity').where(whose).andWhere(isDue, yesterday);
    if (!(await look.getExists())) return false;
    const claim = manager.createQueryBuilder().update(Identity).set({ nameAskedAt: new Date() }).where(whose).andWhere(isDue, yesterday);
    return !!(await claim.execute()).affected;
  }

  /** Puts what was learnt from the platform wherever it was missing. Resolves with the contact's id. */
  async learn(manager: EntityManager, { scope, id: externalId }: Person, { name, pictureSha256 }: Learnt): Promise<string> {
    const identity = await manager.findOneByOrFail(Identity, { scope, externalId });
    await this.named(manager, identity, name);
    if (pictureSha256) await manager.update(Identity, identity.id, { pictureSha256 });
    return identity.contactId;
  }

  /** Who writes to us can be written to. */
  async revive(manager: EntityManager, { id }: Identity): Promise<void> {
    await manager.update(Identity, id, { undeliverable: null });
  }

  /** Whether pictures in this person's mail may be fetched from elsewhere. */
  async allowImages(contactId: string, identityId: string, remoteImages: boolean): Promise<void> {
    const { affected } = await this.database.manager.update(Identity, { id: identityId, contactId }, { remoteImages });
    if (!affected) throw new NotFound('This contact has no such address.');
  }

  /** A name learnt later fills the gap, and never replaces one that is there. */
  private async named(manager: EntityManager, identity: Identity, name: string | null): Promise<Recognised> {
    if (identity.name) return { identity, nowNamed: false };
    if (!name) return { identity: await stillNameless(manager, identity), nowNamed: false };
    const { affected } = await manager.update(Identity, { id: identity.id, name: IsNull() }, { name });
    if (!affected) return { identity: await manager.findOneByOrFail(Identity, { id: identity.id }), nowNamed: false };
    await manager.update(Contact, { id: identity.contactId, name: IsNull() }, { name });
    return { identity: { ...identity, name }, nowNamed: true };
  }
}

/** As it is now. Whoever learns the name waits until what is being written without it is there to be named. On SQLite writers take turns. */
async function stillNameless(manager: EntityManager, { id }: Identity): Promise<Identity> {
  if (manager.connection.options.type === 'postgres') await manager.query('SELECT 1 FROM identity WHERE id = $1 FOR SHARE', [id]);
  return manager.findOneByOrFail(Identity, { id });
}
