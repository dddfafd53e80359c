import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** The API's description at `/api/openapi.json` and a page to try it on at `/api/docs`. */
export function describeApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('api/docs', app, () => apiDocument(app), { jsonDocumentUrl: 'api/openapi.json', customSiteTitle: 'Tributary API' });
}

/** What the web's typed client is generated from. */
export function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('Tributary')
    .setDescription('A shared support inbox. Errors are RFC 9457 problem+json; lists are {items, nextCursor}.')
    .setVersion('1')
    .addBearerAuth()
    .addCookieAuth('tributary_session')
    .build();
  return SwaggerModule.createDocument(app, description, {
    operationIdFactory: (controller, method) => `${controller.replace('Controller', '')}_${method}`,
  });
}
