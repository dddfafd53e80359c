import { timingSafeEqual } from 'node:crypto';
import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import { Forbidden, Unauthorized } from '../errors.js';
import { type Caller, People } from './people.service.js';
import type { User, UserRole } from './user.entity.js';

export const sessionCookie = 'tributary_session';

/** Open to everyone, signed in or not. */
export const Public = () => SetMetadata('public', true);

/** Only for these roles; without it any signed-in user may call. */
export const Roles = (...roles: UserRole[]) => SetMetadata('roles', roles);

type AuthenticatedRequest = FastifyRequest & { caller?: Caller };

export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => callerOf(context));
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): User => callerOf(context).user);

function callerOf(context: ExecutionContext): Caller {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Unauthorized('Sign in first.');
  return caller;
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Every route needs a signed-in user unless it says otherwise; a browser's changes also need the CSRF token. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly people: People,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>('public', targets)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const caller = await identify(this.people, request);
    if (!caller) throw new Unauthorized('Sign in first.');
    if (caller.csrfToken && !reading.has(request.method)) checkCsrf(caller.csrfToken, request.headers['x-csrf-token']);
    const roles = this.reflector.getAllAndOverride<UserRole[] | undefined>('roles', targets);
    if (roles && !roles.includes(caller.user.role)) throw new Forbidden(`This is for ${roles.join(' or ')}s.`);
    request.caller = caller;
    return true;
  }
}

/** Who asks, by API key or session cookie; null for a stranger. */
export async function identify(people: People, request: FastifyRequest): Promise<Caller | null> {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer) return people.byApiKey(bearer);
  const token = request.cookies[sessionCookie];
  return token ? people.bySession(token) : null;
}

function checkCsrf(expected: string, given: unknown): void {
  const matches =
    typeof given === 'string' && given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  if (!matches) throw new Forbidden('The X-CSRF-Token header is missing or stale. Reload the page.');
}
