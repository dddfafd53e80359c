import { Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import { provideConnector } from '#libs/connector';
import { emailConnector, type EmailModuleOptions } from './email-connector.js';
import { SmtpPool } from './smtp-pool.js';

/** Mailboxes over IMAP and SMTP. */
@Module({})
export class EmailModule implements OnModuleDestroy {
  constructor(private readonly pool: SmtpPool) {}

  onModuleDestroy(): void {
    this.pool.close();
  }

  static register(options: EmailModuleOptions): DynamicModule {
    const pool = new SmtpPool(options);
    const connector = provideConnector(emailConnector(options, pool));
    return { module: EmailModule, providers: [connector, { provide: SmtpPool, useValue: pool }], exports: [connector.provide] };
  }
}
