import { IsBoolean } from 'class-validator';
import type { Identity } from './contact.entity.js';

export class IdentityView {
  id: string;
  scope: string;
  externalId: string;
  name: string | null;
  /** Whether pictures in their mail are fetched from elsewhere. */
  remoteImages: boolean;
  /** Why nothing arrives there any more, as far as we know; null when it works. */
  undeliverable: string | null;
}

export class IdentityPatchBody {
  @IsBoolean() remoteImages: boolean;
}

export class ContactView {
  id: string;
  name: string | null;
  /** Of our own: where their picture can be had; null when there is none. */
  pictureUrl: string | null;
  createdAt: Date;
  identities: IdentityView[];
}

export function identityView({ id, scope, externalId, name, remoteImages, undeliverable }: Identity): IdentityView {
  return { id, scope, externalId, name, remoteImages, undeliverable };
}

/** Where the picture of a contact can be had who has these identities. */
export const pictureOf = (contactId: string, identities: Identity[]): string | null =>
  identities.some(({ pictureSha256 }) => pictureSha256) ? `/api/v1/contacts/${contactId}/picture` : null;
