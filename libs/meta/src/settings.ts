import { IsArray, IsIn, IsISO8601, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import { secret } from '#libs/connector';

const ID = /^\d{5,25}$/;

/** What an admin gives to connect a Facebook Page. */
export class FacebookSettings {
  @Matches(ID, { message: 'pageId must be the number Facebook shows as Page ID' })
  @JSONSchema({ title: 'Page ID', description: 'Facebook: Page settings, About, Page transparency' })
  pageId: string;

  @IsString()
  @Matches(/^\S+$/, { message: 'pageAccessToken must be one word without spaces' })
  @MaxLength(2000)
  @secret('Page access token', 'Of this Page, with pages_messaging and pages_manage_metadata')
  pageAccessToken: string;

  @IsOptional()
  @IsString()
  @JSONSchema({ title: 'Granted by', description: 'The person, by their id with our app', readOnly: true })
  grantedBy?: string;
}

/** What an admin gives to connect an Instagram professional account. */
export class InstagramSettings {
  @Matches(ID, { message: 'accountId must be the number Instagram gives as user_id' })
  @JSONSchema({ title: 'Account ID', description: 'The professional account’s user_id, usually 17 digits beginning with 1784' })
  accountId: string;

  @IsString()
  @Matches(/^\S+$/, { message: 'accessToken must be one word without spaces' })
  @MaxLength(2000)
  @secret('Access token', 'The linked Page’s token (through Facebook) or the account’s own (through Instagram)')
  accessToken: string;

  @IsIn(['facebook', 'instagram'])
  @JSONSchema({ title: 'Connected through', description: 'facebook: Facebook Login and a linked Page; instagram: Instagram Login' })
  via: 'facebook' | 'instagram';

  @IsOptional()
  @IsString()
  @JSONSchema({ title: 'User name', readOnly: true })
  username?: string;

  @IsOptional()
  @IsString()
  @JSONSchema({ title: 'Linked Page', readOnly: true })
  linkedPage?: string;

  @IsOptional()
  @IsString()
  @JSONSchema({ title: 'Granted by', description: 'The person, by their id with our app', readOnly: true })
  grantedBy?: string;

  /** Of Instagram Login, which tells them at the sign-in alone. */
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  @JSONSchema({ title: 'Permissions', readOnly: true })
  permissions?: string[];

  /** Of Instagram Login, ISO time. */
  @IsOptional()
  @IsISO8601()
  @JSONSchema({ title: 'Access until', readOnly: true })
  accessUntil?: string;

  /** Of Instagram Login, ISO time from which on the token is to be renewed. */
  @IsOptional()
  @IsISO8601()
  @JSONSchema({ title: 'Renewed after', readOnly: true })
  refreshAfter?: string;
}
