import { Body, Controller, Get, HttpCode, Inject, Patch, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { Config } from '../config.js';
import { AnswersSecret } from '../http/idempotency.interceptor.js';
import { CurrentCaller, CurrentUser, Public, Roles, sessionCookie } from './auth.guard.js';
import { type Caller, People } from './people.service.js';
import { User } from './user.entity.js';
import {
  ApiKeyView,
  FirstAdminBody,
  MeBody,
  MeView,
  NewApiKeyBody,
  NewUserBody,
  SetupView,
  SignInBody,
  UserList,
  UserView,
} from './people.shapes.js';

const view = ({ id, name, email, role }: User): UserView => ({ id, name, email, role });
const me = ({ user, csrfToken }: Caller): MeView => ({
  ...{ user: view(user), signature: user.signature, undoSeconds: user.undoSeconds, csrfToken },
});

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

  /** Changes what you decide about yourself. */
  @Patch('auth/me')
  async changeMe(@CurrentCaller() caller: Caller, @Body() body: MeBody): Promise<MeView> {
    return me({ ...caller, user: await this.people.change(caller.user.id, body) });
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
  @AnswersSecret()
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
