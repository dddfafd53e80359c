import { Body, Controller, Get, HttpCode, Inject, Logger, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config.js';
import { Problem, Unauthorized } from '../errors.js';
import { CurrentUser, Public, Roles, sessionCookie } from '../people/auth.guard.js';
import { People } from '../people/people.service.js';
import type { User } from '../people/user.entity.js';
import { ProviderSignInBody, SignInView } from './sign-in.shapes.js';
import { signInCallback, SignIns } from './sign-in.service.js';

@ApiTags('Channels')
@Controller()
export class SignInController {
  private readonly logger = new Logger('sign-in');

  constructor(
    private readonly signIns: SignIns,
    private readonly people: People,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Begins a sign-in at a provider; send the browser to `url`. It comes back to `/settings/channels?connected=<id>` or `?signInError=<why not>`. */
  @Post('api/v1/channels/sign-in')
  @HttpCode(200)
  @Roles('admin')
  async begin(@CurrentUser() user: User, @Body() body: ProviderSignInBody): Promise<SignInView> {
    return { url: await this.signIns.begin(user, body) };
  }

  /**
   * Where the provider sends the browser. A person is looking, so every outcome is a page, not a problem document: hence no
   * guard. The session cookie is SameSite=Lax, which browsers send with such a top-level GET from elsewhere; who began the
   * sign-in with an API key has to be signed in to the browser that finishes it.
   */
  @Public()
  @ApiExcludeEndpoint()
  @Get(signInCallback)
  async finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const outcome = await this.outcome(request).catch((error: unknown) => ({ signInError: this.explain(error) }));
    const page = `${this.config.publicUrl}/settings/channels?${new URLSearchParams(outcome).toString()}`;
    await reply.header('cache-control', 'no-store').redirect(page, 303);
  }

  private async outcome({ cookies, url }: FastifyRequest): Promise<Record<string, string>> {
    const token = cookies[sessionCookie];
    const caller = token ? await this.people.bySession(token) : null;
    if (caller?.user.role !== 'admin') {
      const address = this.config.publicUrl;
      throw new Unauthorized(`This browser is not signed in to ${address} as an admin. Sign in there and begin again.`);
    }
    return { connected: (await this.signIns.finish(caller.user, url.split('?')[1] ?? '')).id };
  }

  private explain(error: unknown): string {
    if (error instanceof Problem) return error.message;
    this.logger.error(error);
    return 'Something went wrong on our side. It has been logged.';
  }
}
