import { IsEmail, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { type UserRole } from './user.entity.js';

export class SignInBody {
  @IsString() @MaxLength(320) email: string;
  @IsString() @MaxLength(1000) password: string;
}

export class FirstAdminBody {
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
  @IsEmail() @MaxLength(320) email: string;
  @IsString() @MinLength(8) @MaxLength(1000) password: string;
}

export class NewUserBody extends FirstAdminBody {
  @IsIn(['admin', 'supervisor', 'agent']) role: UserRole;
}

export class NewApiKeyBody {
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
}

/** A user as everybody may see them. */
export class UserView {
  id: string;
  name: string;
  email: string;
  role: 'admin' | 'supervisor' | 'agent';
}

export class MeBody {
  /** Stands below your replies where the channel has no signature of its own, and where that one names it. Null or empty for none. */
  @IsOptional() @IsString() @MaxLength(4000) signature?: string | null;
  /** For so long the web keeps your replies back, so that you can undo them; 0 sends them at once. */
  @IsOptional() @IsInt() @Min(0) @Max(120) undoSeconds?: number;
}

export class MeView {
  user: UserView;
  signature: string | null;
  undoSeconds: number;
  /** Goes into the X-CSRF-Token header of every change a browser makes. Null for API keys, which need none. */
  csrfToken: string | null;
}

export class SetupView {
  /** True while nobody can sign in yet and the first visitor becomes admin. */
  needed: boolean;
}

export class ApiKeyView {
  id: string;
  /** Shown this once. */
  key: string;
}

export class UserList {
  items: UserView[];
  nextCursor: string | null;
}
