import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';

export class NewChannelBody {
  @IsString() @IsNotEmpty() type: string;
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
  /** The mail address, for connectors that have no other way to know it. */
  @IsOptional() @IsString() @MaxLength(320) address?: string;
  /** As the connector's settings schema says; see GET /connectors. */
  @IsObject() settings: Record<string, unknown>;
}

export class ChannelPatchBody {
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(200) name?: string;
  /** False pauses the channel. */
  @IsOptional() @IsBoolean() enabled?: boolean;
  /** Only what changes; secrets left out stay as they are. */
  @IsOptional() @IsObject() settings?: Record<string, unknown>;
}

export class CheckView {
  name: string;
  ok: boolean;
  detail: string;
}

export class ChannelTestView {
  ok: boolean;
  checks: CheckView[];
  /** What a working account offers for a setting, e.g. its folders. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } })
  choices: Record<string, string[]>;
}

export class ImportProgress {
  done: number;
  total: number;
}

export class ChannelAction {
  kind: 'sign-in';
  /** For the button. */
  label: string;
  /** For POST /channels/sign-in. */
  provider: string;
}

export class ChannelAudit {
  at: string;
  /** What the platform held, and how much of it was stored. */
  there: number;
  here: number;
  missing: number;
  reimported: number;
}

export class ChannelHealth {
  state: 'ok' | 'degraded' | 'needs-auth' | 'down';
  detail: string | null;
  /** What brings it back, where a button can. */
  action: ChannelAction | null;
  lastEventAt: Date | null;
  lastSyncAt: Date | null;
  importProgress?: ImportProgress;
  /** What the last audit found; null before the first. */
  audit: ChannelAudit | null;
}

export class ChannelView {
  id: string;
  type: string;
  name: string;
  address: string;
  enabled: boolean;
  health: ChannelHealth;
}

export class ChannelWithSettings extends ChannelView {
  /** Without secrets. */
  settings: Record<string, unknown>;
}

export class ChannelList {
  items: ChannelView[];
  nextCursor: string | null;
}

export class CapabilitiesView {
  html: boolean;
  subject: boolean;
  cc: boolean;
  attachments: boolean;
  /** The longest text of one reply; null where there is no limit. */
  maxLength: number | null;
  lengthUnit: 'characters' | 'bytes';
}

export class ProviderView {
  id: string;
  label: string;
}

export class ConnectorView {
  type: string;
  label: string;
  kinds: Array<'email' | 'dm' | 'comment'>;
  capabilities: CapabilitiesView;
  /** Whether `address` must be named when connecting. */
  asksAddress: boolean;
  /** Providers where a sign-in in the browser takes the place of passwords; see POST /channels/sign-in. */
  signIn: ProviderView[];
  /** Whether POST /channels/:id/audit works for its channels. */
  audits: boolean;
  /** JSON schema of the settings; `writeOnly` properties are secrets. */
  settingsSchema: Record<string, unknown>;
}
