import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { plainToInstance } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateIf,
  validateSync,
} from 'class-validator';
import { TrueOrFalse, WholeNumber } from './text-values.js';

export type Role = 'all' | 'api' | 'worker';

const port = { message: 'must be a port number, 0 to 65535' };
const seconds = { message: 'must be a whole number of seconds, 1 to 3600' };
const days = { message: 'must be a whole number of days, 0 to 3650; 0 keeps everything' };
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const localUrl = { require_tld: false, require_protocol: true };
const web = { message: 'must be an http(s) address' };
const imapServer = { message: 'must be imaps://host:port, or imap://host:port for STARTTLS' };
const smtpServer = { message: 'must be smtps://host:port, or smtp://host:port for STARTTLS' };
const portNumber = '([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const serverOf = (scheme: string) => new RegExp(`^${scheme}://(\\[[\\da-f:]+\\]|[\\w.-]+):${portNumber}$`, 'i');
const mailDoor = { message: 'must be smtp://host:port or lmtp://host:port, such as lmtp://127.0.0.1:2524' };

/** Every environment variable the product reads, parsed once at start. Secrets never leave this object. */
export class Config {
  @WholeNumber() @IsInt(port) @Min(0, port) @Max(65535, port) PORT = 3000;
  @IsString() HOST = '127.0.0.1';
  @IsOptional() @WholeNumber() @IsInt(port) @Min(0, port) @Max(65535, port) WORKER_PORT?: number;
  @IsOptional() @IsUrl({ ...localUrl, protocols: ['http', 'https'] }, web) PUBLIC_URL?: string;
  @IsString() @MinLength(1) DATA_DIR = './data';
  @IsOptional() @Matches(/^postgres(ql)?:\/\//, { message: 'must start with postgres://' }) DATABASE_URL?: string;
  @IsOptional() @Matches(/^rediss?:\/\//, { message: 'must start with redis:// or rediss://' }) REDIS_URL?: string;
  @IsIn(['redis', 'postgres'], { message: 'must be redis or postgres' }) QUEUE_BACKEND: 'redis' | 'postgres' = 'redis';
  @IsIn(['all', 'api', 'worker'], { message: 'must be one of all, api, worker' }) ROLE: Role = 'all';
  @IsOptional() @IsEmail({}, { message: 'must be an email address' }) ADMIN_EMAIL?: string;
  @ValidateIf((config: Config) => !!config.ADMIN_EMAIL || !!config.ADMIN_PASSWORD)
  @MinLength(8, { message: 'must have at least 8 characters and comes together with ADMIN_EMAIL' })
  ADMIN_PASSWORD?: string;
  @IsOptional()
  @Matches(/^[A-Za-z0-9+/]{43}=$/, { message: 'must be 32 bytes in base64, e.g. from `openssl rand -base64 32`' })
  ENCRYPTION_KEY?: string;
  @IsOptional() @IsString() META_APP_ID?: string;
  @IsOptional() @IsString() META_APP_SECRET?: string;
  @IsOptional() @IsString() META_VERIFY_TOKEN?: string;
  @IsOptional() @IsString() INSTAGRAM_APP_ID?: string;
  @IsOptional() @IsString() INSTAGRAM_APP_SECRET?: string;
  @IsUrl(localUrl, web) META_GRAPH_URL = 'https://graph.facebook.com';
  @IsUrl(localUrl, web) INSTAGRAM_GRAPH_URL = 'https://graph.instagram.com';
  @IsUrl(localUrl, web) META_LOGIN_URL = 'https://www.facebook.com';
  @IsOptional() @Matches(/^\d+$/, { message: 'must be the number of the configuration' }) META_LOGIN_CONFIG_ID?: string;
  @TrueOrFalse() @IsBoolean({ message: 'must be true or false' }) META_LOGIN_PKCE = false;
  @IsUrl(localUrl, web) INSTAGRAM_LOGIN_URL = 'https://www.instagram.com';
  @IsUrl(localUrl, web) INSTAGRAM_API_URL = 'https://api.instagram.com';
  @Matches(/^v\d+\.\d+$/, { message: 'must look like v26.0' }) GRAPH_VERSION = 'v26.0';
  @IsOptional() @IsString() GOOGLE_CLIENT_ID?: string;
  @IsOptional() @IsString() GOOGLE_CLIENT_SECRET?: string;
  @IsUrl(localUrl, web) GOOGLE_ISSUER_URL = 'https://accounts.google.com';
  @Matches(serverOf('imaps?'), imapServer) GOOGLE_IMAP_URL = 'imaps://imap.gmail.com:993';
  @Matches(serverOf('smtps?'), smtpServer) GOOGLE_SMTP_URL = 'smtps://smtp.gmail.com:465';
  @IsOptional() @IsString() MICROSOFT_CLIENT_ID?: string;
  @IsOptional() @IsString() MICROSOFT_CLIENT_SECRET?: string;
  @Matches(/^[\w.-]+$/, { message: 'must be a tenant id or domain, or common, organizations or consumers' }) MICROSOFT_TENANT = 'common';
  @IsOptional() @IsUrl(localUrl, web) MICROSOFT_ISSUER_URL?: string;
  @Matches(serverOf('imaps?'), imapServer) MICROSOFT_IMAP_URL = 'imaps://outlook.office365.com:993';
  @Matches(serverOf('smtps?'), smtpServer) MICROSOFT_SMTP_URL = 'smtp://smtp.office365.com:587';
  @IsOptional() @Matches(serverOf('(smtp|lmtp)'), mailDoor) MAIL_LISTEN?: string;
  @WholeNumber() @IsInt(seconds) @Min(1, seconds) @Max(3600, seconds) IMAP_POLL_SECONDS = 60;
  @WholeNumber() @IsInt(days) @Min(0, days) @Max(3650, days) LEDGER_KEEP_DAYS = 90;
  @IsIn(levels, { message: `must be one of ${levels.join(', ')}` }) LOG_LEVEL = 'info';
  @TrueOrFalse() @IsBoolean({ message: 'must be true or false' }) ALLOW_PRIVATE_HOSTS = false;

  /** Where people and platforms reach us, without a trailing slash. */
  get publicUrl(): string {
    return (this.PUBLIC_URL ?? `http://localhost:${this.PORT}`).replace(/\/+$/, '');
  }

  /** The OpenID issuer of Microsoft accounts. */
  get microsoftIssuer(): string {
    return this.MICROSOFT_ISSUER_URL ?? `https://login.microsoftonline.com/${this.MICROSOFT_TENANT}/v2.0`;
  }

  get servesHttp(): boolean {
    return this.ROLE !== 'worker';
  }

  /** Where HTTP listens; null for a worker that nobody may ask how it is doing. */
  get listenPort(): number | null {
    return this.servesHttp ? this.PORT : (this.WORKER_PORT ?? null);
  }

  get works(): boolean {
    return this.ROLE !== 'api';
  }

  /** The database's kind, which decides column types and a few statements. */
  get dialect(): 'sqlite' | 'postgres' {
    return this.DATABASE_URL ? 'postgres' : 'sqlite';
  }
}

/** Thrown at start; `faults` has one line per wrong variable. */
export class ConfigError extends Error {
  constructor(readonly faults: string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
  }
}

const secrets = /PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL|REDIS_URL/;

/**
 * Reads the environment. Throws {@link ConfigError} naming each wrong variable, its value and what is allowed;
 * values that may hold a secret are shown as a short fingerprint. Empty variables count as unset.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const known = Object.keys(new Config()).concat(optionalNames);
  const given = Object.fromEntries(known.filter((name) => env[name]?.trim()).map((name) => [name, env[name]]));
  const config = plainToInstance(Config, given, { exposeDefaultValues: true });
  const faults = validateSync(config).map(
    ({ property, value, constraints }) =>
      `${property}=${shown(property, value)}: ${[...new Set(Object.values(constraints ?? {}))].join('; ')}`,
  );
  if (!faults.length) faults.push(...contradictions(config));
  if (faults.length) throw new ConfigError(faults);
  return config;
}

const optionalNames = [
  'WORKER_PORT',
  ...['PUBLIC_URL', 'DATABASE_URL', 'REDIS_URL', 'ADMIN_EMAIL', 'ADMIN_PASSWORD', 'ENCRYPTION_KEY'],
  ...['META_APP_ID', 'META_APP_SECRET', 'META_VERIFY_TOKEN', 'META_LOGIN_CONFIG_ID', 'INSTAGRAM_APP_ID', 'INSTAGRAM_APP_SECRET'],
  ...['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'MICROSOFT_CLIENT_ID', 'MICROSOFT_CLIENT_SECRET', 'MICROSOFT_ISSUER_URL', 'MAIL_LISTEN'],
];

function shown(name: string, value: unknown): string {
  if (value === undefined) return '(unset)';
  if (!secrets.test(name)) return JSON.stringify(value);
  return `(not shown, sha256 ${createHash('sha256').update(String(value)).digest('hex').slice(0, 8)})`;
}

function contradictions(config: Config): string[] {
  const faults: string[] = [];
  if (config.QUEUE_BACKEND === 'postgres' && !config.DATABASE_URL)
    faults.push('QUEUE_BACKEND="postgres": needs DATABASE_URL, because the queue then lives in that PostgreSQL database');
  if (config.ROLE !== 'all' && !config.DATABASE_URL)
    faults.push(`ROLE="${config.ROLE}": needs DATABASE_URL; on SQLite only ROLE=all works, because one process must own the file`);
  if (config.ROLE !== 'all' && config.QUEUE_BACKEND === 'redis' && !config.REDIS_URL)
    faults.push(`ROLE="${config.ROLE}": needs REDIS_URL or QUEUE_BACKEND=postgres; the private Redis belongs to one process`);
  if (config.ADMIN_PASSWORD && !config.ADMIN_EMAIL) faults.push('ADMIN_PASSWORD: needs ADMIN_EMAIL beside it');
  for (const provider of ['GOOGLE', 'MICROSOFT'] as const) faults.push(...signInFaults(config, provider));
  return faults;
}

function signInFaults(config: Config, provider: 'GOOGLE' | 'MICROSOFT'): string[] {
  const [id, secret] = [`${provider}_CLIENT_ID`, `${provider}_CLIENT_SECRET`] as const;
  if (!config[id] !== !config[secret]) return [`${config[id] ? secret : id}: is missing; ${id} and ${secret} come together`];
  const issuer = config[`${provider}_ISSUER_URL`];
  if (issuer?.startsWith('http:') && !config.ALLOW_PRIVATE_HOSTS)
    return [`${provider}_ISSUER_URL=${JSON.stringify(issuer)}: must be https; plain http is for tests and needs ALLOW_PRIVATE_HOSTS=true`];
  return [];
}
