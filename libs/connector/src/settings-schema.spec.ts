import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { secret, settingsSchema, withoutSecrets } from './settings-schema.js';

class Server {
  @IsString() @JSONSchema({ title: 'Host' }) host: string;
  @IsInt() @Min(1) @Max(65535) port: number;
  @IsString() @secret('Password') password: string;
}

class Settings {
  @ValidateNested() @Type(() => Server) imap: Server;
  @IsOptional() @IsString() importSince?: string;
}

test('a settings class becomes a form schema with its nested parts, limits and secrets', () => {
  const schema = settingsSchema(Settings);
  expect(schema.required).toEqual(['imap']);
  expect(schema.properties?.imap?.properties).toMatchObject({
    host: { type: 'string', title: 'Host' },
    port: { type: 'integer', minimum: 1, maximum: 65535 },
    password: { type: 'string', title: 'Password', writeOnly: true },
  });
});

class SignedIn {
  @IsString() pageId: string;
  @IsString() @secret('Token') token: string;
  @IsOptional() @IsString() @JSONSchema({ readOnly: true }) grantedBy?: string;
}

test('what a sign-in filled in can be left out as well', () => {
  const settings = { pageId: '1', token: 'x', grantedBy: '2' };
  expect(withoutSecrets(settingsSchema(SignedIn), settings)).toEqual({ pageId: '1', grantedBy: '2' });
  expect(withoutSecrets(settingsSchema(SignedIn), settings, { signedIn: false })).toEqual({ pageId: '1' });
});

test('secrets and unknown properties are left out of what is shown', () => {
  const shown = withoutSecrets(settingsSchema(Settings), { imap: { host: 'h', port: 1, password: 'x' }, importSince: 'now', extra: 1 });
  expect(shown).toEqual({ imap: { host: 'h', port: 1 }, importSince: 'now' });
});
