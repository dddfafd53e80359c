import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { EmailSettings } from './settings.js';

const smtp = { host: 'mail.test', port: 465, secure: true };
const isTaken = async (importSince: string) => (await validate(plainToInstance(EmailSettings, { smtp, importSince }))).length === 0;

test.each(['now', 'all', '2026-01-31', '2026-01-31T08:00', '2026-01-31T08:00:00Z', '2026-01-31T08:00:00.000+01:00'])(
  'mail may be imported since %s',
  async (importSince) => expect(await isTaken(importSince)).toBe(true),
);

test.each(['yesterday', '2026-13-01', '2026-01-45', '31.01.2026', '2026-01-31Tnoon', '2026-01-31T25:00', ''])(
  'not since "%s": it would quietly mean from now on',
  async (importSince) => expect(await isTaken(importSince)).toBe(false),
);
