export class IdentityView {
  id: string;
  scope: string;
  externalId: string;
  name: string | null;
}

export class ContactView {
  id: string;
  name: string | null;
  createdAt: Date;
  identities: IdentityView[];
}
