export class MissingView {
  /** The platform's own name for it, e.g. a Message-ID; null when it has none. */
  platformId: string | null;
  /** Where it lies there, e.g. a folder. */
  place: string;
  receivedAt: Date;
  /** Its key in the inbound ledger now; null when it could not be fetched. */
  key: string | null;
}

export class AuditView {
  /** Messages the platform holds that are ours to have. */
  there: number;
  /** How many of them were stored before. */
  here: number;
  missing: MissingView[];
  reimported: number;
}
