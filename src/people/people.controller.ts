import { Body, Controller, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsEmail, IsIn, IsNotEmpty, IsString, MaxLength, MinLength } from 'class-validator';
import '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { Config } from '../config.js';
import { CurrentCaller, CurrentUser, Public, Roles, sessionCookie } from './auth.guard.js';
import { type Caller, People } from './people.service.js';
import { User, type UserRole } from './user.entity.js';

class SignInBody {
  @IsString() @MaxLength(320) email: string;
  @IsString() @MaxLength(1000) password: string;
}

class FirstAdminBody {
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
  @IsEmail() @MaxLength(320) email: string;
  @IsString() @MinLength(8) @MaxLength(1000) password: string;
}

class NewUserBody extends FirstAdminBody {
  @IsIn(['admin', 'supervisor', 'agent']) role: UserRole;
}

class NewApiKeyBody {
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
}

/** A user as everybody may see them. */
export class UserView {
  id: string;
  name: string;
  email: string;
  role: 'admin' | 'supervisor' | 'agent';
}

class MeView {
  user: UserView;
  /** Goes into the X-CSRF-Token header of every change a browser makes. Null for API keys, which need none. */
  csrfToken: string | null;
}

class SetupView {
  /** True while nobody can sign in yet and the first visitor becomes admin. */
  needed: boolean;
}

class ApiKeyView {
  id: string;
  /** Shown this once. */
  key: string;
}

class UserList {
  items: UserView[];
  nextCursor: string | null;
}

const view = ({ id, name, email, role }: User): UserView => ({ id, name, email, role });
const me = ({ user, csrfToken }: Caller): MeView => ({ user: view(user), csrfToken });

@ApiTags('People')
@Controller('api/v1')
export class PeopleController {
  constructor(
    private readonly people: People,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Whether the first visit has to create an admin. */
  @Public()
  @Get('auth/setup')
  async setup(): Promise<SetupView> {
    return { needed: await this.people.needsSetup() };
  }

  /** Creates the first admin and signs in; 409 once there is a user. */
  @Public()
  @Post('auth/setup')
  async createFirstAdmin(@Body() body: FirstAdminBody, @Res({ passthrough: true }) reply: FastifyReply): Promise<MeView> {
    return this.signedIn(reply, await this.people.openSession(await this.people.createFirstAdmin(body)));
  }

  /** Signs in: sets an http-only session cookie. */
  @Public()
  @Post('auth/login')
  @HttpCode(200)
  async login(@Body() { email, password }: SignInBody, @Res({ passthrough: true }) reply: FastifyReply): Promise<MeView> {
    return this.signedIn(reply, await this.people.signIn(email, password));
  }

  @Post('auth/logout')
  @HttpCode(204)
  async logout(@CurrentCaller() { tokenHash }: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    if (tokenHash) await this.people.signOut(tokenHash);
    void reply.clearCookie(sessionCookie, { path: '/' });
  }

  @Get('auth/me')
  me(@CurrentCaller() caller: Caller): MeView {
    return me(caller);
  }

  @Get('users')
  async users(): Promise<UserList> {
    return { items: (await this.people.list()).map(view), nextCursor: null };
  }

  @Roles('admin')
  @Post('users')
  async createUser(@Body() body: NewUserBody): Promise<UserView> {
    return view(await this.people.create(body));
  }

  /** A key for scripts; it acts as you. */
  @Post('api-keys')
  createApiKey(@CurrentUser() user: User, @Body() { name }: NewApiKeyBody): Promise<ApiKeyView> {
    return this.people.createApiKey(user, name);
  }

  private signedIn(reply: FastifyReply, { caller, token, expiresAt }: Awaited<ReturnType<People['openSession']>>): MeView {
    const secure = this.config.publicUrl.startsWith('https:');
    void reply.setCookie(sessionCookie, token, { httpOnly: true, sameSite: 'lax', secure, path: '/', expires: expiresAt });
    return me(caller);
  }
}
