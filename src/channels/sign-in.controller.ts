import { Body, Controller, Get, HttpCode, Inject, Logger, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config.js';
import { Problem, Unauthorized } from '../errors.js';
import { CurrentUser, Public, Roles, sessionCookie } from '../people/auth.guard.js';
import { People } from '../people/people.service.js';
import type { User } from '../people/user.entity.js';
import { ProviderSignInBody, SignInChoiceBody, SignInChoiceView, SignInOutcomeList, SignInView } from './sign-in.shapes.js';
import { SignInChoices } from './sign-in-choices.service.js';
import { signInCallback, SignIns } from './sign-in.service.js';

@ApiTags('Channels')
@Controller()
export class SignInController {
  private readonly logger = new Logger('sign-in');

  constructor(
    private readonly signIns: SignIns,
    private readonly choices: SignInChoices,
    private readonly people: People,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** Begins a sign-in at a provider; send the browser to `url`. It comes back to `/settings/channels?connected=<id>` or `?signInError=<why not>`, or to `/settings/channels/choose?signIn=<state>` when it opens accounts to choose from. */
  @Post('api/v1/channels/sign-in')
  @HttpCode(200)
  @Roles('admin')
  async begin(@CurrentUser() user: User, @Body() body: ProviderSignInBody): Promise<SignInView> {
    return { url: await this.signIns.begin(user, body) };
  }

  /** The accounts that a sign-in opened, for half an hour after the browser came back: 404 later, 403 for whoever did not begin it. */
  @Get('api/v1/channels/sign-in/:state')
  @Roles('admin')
  list(@CurrentUser() user: User, @Param('state') state: string): Promise<SignInChoiceView> {
    return this.choices.list(user, state);
  }

  /** Connects those of them; each succeeds or fails by itself. */
  @Post('api/v1/channels/sign-in/:state')
  @HttpCode(200)
  @Roles('admin')
  async choose(@CurrentUser() user: User, @Param('state') state: string, @Body() body: SignInChoiceBody): Promise<SignInOutcomeList> {
    return { items: await this.choices.choose(user, state, body.externalIds) };
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
    const page = await this.outcome(request).catch((error: unknown) => landing('channels', { signInError: this.explain(error) }));
    await reply.header('cache-control', 'no-store').redirect(`${this.config.publicUrl}/settings/${page}`, 303);
  }

  private async outcome({ cookies, url }: FastifyRequest): Promise<string> {
    const token = cookies[sessionCookie];
    const caller = token ? await this.people.bySession(token) : null;
    if (caller?.user.role !== 'admin') {
      const address = this.config.publicUrl;
      throw new Unauthorized(`This browser is not signed in to ${address} as an admin. Sign in there and begin again.`);
    }
    const end = await this.signIns.finish(caller.user, url.split('?')[1] ?? '');
    return 'choice' in end ? landing('channels/choose', { signIn: end.choice }) : landing('channels', { connected: end.channel.id });
  }

  private explain(error: unknown): string {
    if (error instanceof Problem) return error.message;
    this.logger.error(error);
    return 'Something went wrong on our side. It has been logged.';
  }
}

const landing = (page: string, outcome: Record<string, string>) => `${page}?${new URLSearchParams(outcome).toString()}`;
