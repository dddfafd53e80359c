import { IsNotEmpty, IsObject, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';

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
