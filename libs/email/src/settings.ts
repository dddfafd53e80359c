import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsFQDN,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { secret } from '#libs/connector';
import { OnlyKnownVariables } from './signature.js';

const host = { title: 'Server', description: 'A host name such as imap.example.com, or an IP address' };
const secure = { title: 'TLS from the start', description: 'Off: the connection is upgraded with STARTTLS where the server offers it' };

/** How to read a mailbox. */
export class ImapSettings {
  @IsString() @IsNotEmpty() @JSONSchema(host) host: string;
  @IsInt() @Min(1) @Max(65535) @JSONSchema({ title: 'Port', default: 993 }) port: number;
  @IsBoolean() @JSONSchema({ ...secure, default: true }) secure: boolean;
  @IsString() @IsNotEmpty() @JSONSchema({ title: 'User name' }) user: string;
  /** Not needed after a sign-in at the provider. */
  @IsOptional() @IsString() @secret('Password', 'Many providers want an app password here') password?: string;
}

/** How to send mail. Without a user name no sign-in is tried. */
export class SmtpSettings {
  @IsString() @IsNotEmpty() @JSONSchema(host) host: string;
  @IsInt() @Min(1) @Max(65535) @JSONSchema({ title: 'Port', default: 465 }) port: number;
  @IsBoolean() @JSONSchema({ ...secure, default: true }) secure: boolean;
  @IsOptional() @IsString() @JSONSchema({ title: 'User name' }) user?: string;
  @IsOptional() @IsString() @secret('Password') password?: string;
}

/** What a provider gave us at a sign-in in the browser (OAuth 2.0); used in place of both passwords. */
export class OAuthSettings {
  @IsString() @JSONSchema({ title: 'Provider' }) provider: string;
  @IsString() @secret('Refresh token') refreshToken: string;
  @IsString() @secret('Access token') accessToken: string;
  /** ISO time at which the access token runs out. */
  @IsISO8601() @JSONSchema({ title: 'Access until' }) expiresAt: string;
}

/** A signature of the sender's domain on every mail (RFC 6376), for servers that do not sign themselves. */
export class DkimSettings {
  @IsFQDN() @JSONSchema({ title: 'Domain' }) domain: string;
  @Matches(/^[\w.-]+$/, { message: 'selector must be as in <selector>._domainkey.<domain>' })
  @JSONSchema({ title: 'Selector' })
  selector: string;
  @IsString()
  @Matches(/-----BEGIN/, { message: 'privateKey must be a PEM key' })
  @secret('Private key', 'In PEM format')
  privateKey: string;
}

/** A day, or a moment of one (ISO 8601), that there is. */
const moment =
  /^(now|all|\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?)$/;

/** One mailbox: where its mail comes in and goes out, and how much of its past to import. */
export class EmailSettings {
  /** Left out for an address whose mail is only forwarded to our own mail door. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ImapSettings)
  @JSONSchema({ title: 'Incoming mail (IMAP)', 'x-without': 'Mail is forwarded to us' })
  imap?: ImapSettings;

  @IsNotEmpty() @ValidateNested() @Type(() => SmtpSettings) @JSONSchema({ title: 'Outgoing mail (SMTP)' }) smtp: SmtpSettings;

  @IsOptional() @ValidateNested() @Type(() => OAuthSettings) @JSONSchema({ title: 'Signed in at', readOnly: true }) oauth?: OAuthSettings;

  @IsOptional()
  @Matches(moment, { message: 'importSince must be a date such as 2026-01-31, "all" or "now"' })
  @JSONSchema({ title: 'Import mail since', description: 'A date such as 2026-01-31, "all", or "now" for new mail only', default: 'now' })
  importSince?: string;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @JSONSchema({
    title: 'Folders',
    description:
      'Which folders to read. Left empty: the inbox, and Sent, so that answers from other mail programs appear. Add Junk to see what was taken for spam.',
  })
  folders?: string[];

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  @JSONSchema({
    title: 'Largest mail, in MB',
    description: 'Of a larger one only headers and text are taken in; the rest can be fetched later',
    default: 50,
  })
  maxMegabytes?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3650)
  @JSONSchema({
    title: 'Reopen for, in days',
    description: 'A later answer to a closed conversation opens a new one, linked to it',
    default: 30,
  })
  reopenDays?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(30)
  @JSONSchema({
    title: 'Join by subject within, in days',
    description: 'For mail programs that lose the thread: same sender, same subject, looks like an answer. 0 switches it off',
    default: 0,
  })
  subjectDays?: number;

  @IsOptional()
  @IsBoolean()
  @JSONSchema({
    title: 'Plus addressing',
    description: 'Answers find their conversation even when a mail program loses its thread. The mailbox must take mail for name+anything@',
    default: false,
  })
  plusAddressing?: boolean;

  @IsOptional()
  @IsBoolean()
  @JSONSchema({ title: 'Quote the mail being answered', default: true })
  quotePrevious?: boolean;

  @IsOptional()
  @IsString()
  @MaxLength(4000)
  @OnlyKnownVariables()
  @JSONSchema({
    title: 'Signature',
    description: 'Stands below every reply. {{agent.name}}, {{agent.signature}}, {{channel.address}} and {{customer.name}} are filled in',
    format: 'multiline',
  })
  signature?: string;

  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  @JSONSchema({
    title: 'Automatic answer',
    description:
      'Sent once when a customer opens a conversation, at most once a day to the same address, never to machines. Empty for none',
    format: 'multiline',
  })
  autoAnswer?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  @JSONSchema({ title: 'Mails a minute, at most', description: 'What the provider allows; replies above it wait their turn' })
  sendPerMinute?: number;

  @IsOptional() @ValidateNested() @Type(() => DkimSettings) @JSONSchema({ title: 'DKIM signature' }) dkim?: DkimSettings;
}
