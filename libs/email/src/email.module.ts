import { Module, type DynamicModule } from '@nestjs/common';
import { provideConnector } from '#libs/connector';
import { emailConnector } from './email-connector.js';
import type { EmailOptions } from './imap.js';

/** Mailboxes over IMAP and SMTP. */
@Module({})
export class EmailModule {
  static register(options: EmailOptions): DynamicModule {
    const connector = provideConnector(emailConnector(options));
    return { module: EmailModule, providers: [connector], exports: [connector.provide] };
  }
}
