import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, Min, ValidateNested } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { secret } from '#libs/connector';

const host = { title: 'Server', description: 'A host name such as imap.example.com, or an IP address' };
const secure = { title: 'TLS from the start', description: 'Off: the connection is upgraded with STARTTLS where the server offers it' };

/** How to read a mailbox. */
export class ImapSettings {
  @IsString() @IsNotEmpty() @JSONSchema(host) host: string;
  @IsInt() @Min(1) @Max(65535) @JSONSchema({ title: 'Port', default: 993 }) port: number;
  @IsBoolean() @JSONSchema({ ...secure, default: true }) secure: boolean;
  @IsString() @IsNotEmpty() @JSONSchema({ title: 'User name' }) user: string;
  @IsString() @IsNotEmpty() @secret('Password', 'Many providers want an app password here') password: string;
}

/** How to send mail. Without a user name no sign-in is tried. */
export class SmtpSettings {
  @IsString() @IsNotEmpty() @JSONSchema(host) host: string;
  @IsInt() @Min(1) @Max(65535) @JSONSchema({ title: 'Port', default: 465 }) port: number;
  @IsBoolean() @JSONSchema({ ...secure, default: true }) secure: boolean;
  @IsOptional() @IsString() @JSONSchema({ title: 'User name' }) user?: string;
  @IsOptional() @IsString() @secret('Password') password?: string;
}

/** One mailbox: where its mail comes in and goes out, and how much of its past to import. */
export class EmailSettings {
  @IsNotEmpty() @ValidateNested() @Type(() => ImapSettings) @JSONSchema({ title: 'Incoming mail (IMAP)' }) imap: ImapSettings;
  @IsNotEmpty() @ValidateNested() @Type(() => SmtpSettings) @JSONSchema({ title: 'Outgoing mail (SMTP)' }) smtp: SmtpSettings;

  @IsOptional()
  @Matches(/^(now|all|\d{4}-\d{2}-\d{2}(T.*)?)$/, { message: 'importSince must be a date such as 2026-01-31, "all" or "now"' })
  @JSONSchema({ title: 'Import mail since', description: 'A date such as 2026-01-31, "all", or "now" for new mail only', default: 'now' })
  importSince?: string;

  @IsOptional()
  @IsBoolean()
  @JSONSchema({
    title: 'Plus addressing',
    description: 'Answers find their conversation even when a mail program loses its thread. The mailbox must take mail for name+anything@',
    default: false,
  })
  plusAddressing?: boolean;
}
