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
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const localUrl = { require_tld: false, require_protocol: true };

/** Every environment variable the product reads, parsed once at start. Secrets never leave this object. */
export class Config {
  @WholeNumber() @IsInt(port) @Min(0, port) @Max(65535, port) PORT = 3000;
  @IsString() HOST = '127.0.0.1';
  @IsOptional() @IsUrl({ ...localUrl, protocols: ['http', 'https'] }, { message: 'must be an http(s) address' }) PUBLIC_URL?: string;
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
  @IsUrl(localUrl, { message: 'must be an http(s) address' }) META_GRAPH_URL = 'https://graph.facebook.com';
  @IsUrl(localUrl, { message: 'must be an http(s) address' }) INSTAGRAM_GRAPH_URL = 'https://graph.instagram.com';
  @Matches(/^v\d+\.\d+$/, { message: 'must look like v26.0' }) GRAPH_VERSION = 'v26.0';
  @WholeNumber() @IsInt(seconds) @Min(1, seconds) @Max(3600, seconds) IMAP_POLL_SECONDS = 60;
  @IsIn(levels, { message: `must be one of ${levels.join(', ')}` }) LOG_LEVEL = 'info';
  @TrueOrFalse() @IsBoolean({ message: 'must be true or false' }) ALLOW_PRIVATE_HOSTS = false;

  /** Where people and platforms reach us, without a trailing slash. */
  get publicUrl(): string {
    return (this.PUBLIC_URL ?? `http://localhost:${this.PORT}`).replace(/\/+$/, '');
  }

  get servesHttp(): boolean {
    return this.ROLE !== 'worker';
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
  ...['PUBLIC_URL', 'DATABASE_URL', 'REDIS_URL', 'ADMIN_EMAIL', 'ADMIN_PASSWORD', 'ENCRYPTION_KEY'],
  ...['META_APP_ID', 'META_APP_SECRET', 'META_VERIFY_TOKEN', 'INSTAGRAM_APP_ID', 'INSTAGRAM_APP_SECRET'],
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
  return faults;
}
