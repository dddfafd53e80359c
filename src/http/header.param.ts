import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** An optional request header, or null. Nest's own decorator would describe it as required beside the `ApiHeader`. */
export const OptionalHeader = createParamDecorator((name: string, context: ExecutionContext): string | null => {
  const value = context.switchToHttp().getRequest<FastifyRequest>().headers[name];
  return typeof value === 'string' ? value : null;
});
