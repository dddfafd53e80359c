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

export class ChannelUsage {
  /** Of the platform's quota of calls; 1 for all of it. */
  share: number;
  /** When calls are possible again; null while they are. */
  regainAt: string | null;
}

export class ChannelUpkeep {
  at: string;
  /** Until when the sign-in is good; null when it does not run out. */
  expiresAt: string | null;
  /** Whether the platform sends us its events. */
  subscribed: boolean;
  /** What is missing, each with what to do. */
  complaints: string[];
  usage: ChannelUsage | null;
}

/** Replies of the channel do not leave, because nothing would get through. */
export class ChannelSending {
  /** When one reply tries again. */
  heldUntil: Date;
  since: Date;
  /** One after another. */
  failures: number;
  /** The last one, in plain words. */
  reason: string;
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
  /** How long the last event took from the platform to us, in milliseconds. */
  lagMs: number | null;
  /** What the last upkeep found; null before the first, and for channels that need none. */
  upkeep: ChannelUpkeep | null;
  /** Null while replies leave. */
  sending: ChannelSending | null;
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
  /** Whether a longer text, or text beside files, leaves as several messages. */
  splits: boolean;
  /** Content types of files that can be sent, e.g. `image/png`, `image/*`; empty for any. */
  fileTypes: string[];
  /** Bytes of the largest file that can be sent; null where there is no limit. */
  maxFileBytes: number | null;
  /** The emoji that we may react with; empty for none. */
  reactions: string[];
  /** Whether the customer can be shown that we type, and that we have read. */
  typing: boolean;
  moderation: Array<'hide' | 'unhide' | 'like' | 'unlike' | 'delete'>;
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
  /** Of public answers to comments; null where there are none or they are no different. */
  publicCapabilities: CapabilitiesView | null;
  /** Whether `address` must be named when connecting. */
  asksAddress: boolean;
  /** Providers where a sign-in in the browser takes the place of passwords; see POST /channels/sign-in. */
  signIn: ProviderView[];
  /** Whether POST /channels/:id/audit works for its channels. */
  audits: boolean;
  /** Whether POST /channels/:id/check works for its channels. */
  checks: boolean;
  /** JSON schema of the settings; `writeOnly` properties are secrets. */
  settingsSchema: Record<string, unknown>;
}
