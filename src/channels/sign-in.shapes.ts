import { ArrayMaxSize, ArrayMinSize, IsArray, IsNotEmpty, IsObject, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { ChannelView } from './channels.shapes.js';

export class ProviderSignInBody {
  @IsString() @IsNotEmpty() type: string;
  /** One of the connector's `signIn` in GET /connectors. */
  @IsString() @IsNotEmpty() provider: string;
  /** Of the new channel; its address when left out. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(200) name?: string;
  /** The mailbox that is meant, for accounts that may open several; the account's own when left out. */
  @IsOptional() @IsString() @MaxLength(320) address?: string;
  /** The channel to sign in again. */
  @IsOptional() @IsUUID() channelId?: string;
  /** What the sign-in does not tell, such as `importSince`. */
  @IsOptional() @IsObject() settings?: Record<string, unknown>;
}

export class SignInView {
  /** The provider's page. */
  url: string;
}

export class SignInItemView {
  /** Of the account; send it back to choose it. */
  externalId: string;
  /** Its name. */
  label: string;
  address: string;
  /** False when too little was granted for it to work at all. */
  usable: boolean;
  /** What was not granted, in plain words. */
  missing: string[];
  /** Whether it is a channel already. */
  connected: boolean;
}

export class SignInChoiceView {
  /** The connector's type. */
  type: string;
  items: SignInItemView[];
}

export class SignInChoiceBody {
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(100) @IsString({ each: true }) externalIds: string[];
}

export class SignInOutcomeView {
  externalId: string;
  /** The channel that is connected now; null when that failed. */
  channel: ChannelView | null;
  /** Why it is not; null when it is. */
  error: string | null;
}

export class SignInOutcomeList {
  items: SignInOutcomeView[];
}
