import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex, createTable, dropColumns, flag, int, json, nullable, text, time, uuid, type Column } from './schema.js';

/** What mail needs: large payloads as files, who has part in a conversation, conversations that belong together, audits, sign-in at providers. */
export class Mail1795330000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(added)) await addColumns(runner, table, columns);
    for (const [table, name, columns] of indexed) await addIndex(runner, table, name, columns);
    await createTable(runner, 'conversation_link', {
      columns: { conversation_id: uuid({ isPrimary: true }), other_id: uuid({ isPrimary: true }), reason: text() },
      index: { ix_conversation_link_other: ['other_id'] },
      references: { conversation_id: ['conversation', 'conversation', 'CASCADE'], other_id: ['other', 'conversation', 'CASCADE'] },
    });
    await createTable(runner, 'participant', {
      columns: {
        conversation_id: uuid({ isPrimary: true }),
        scope: text({ isPrimary: true }),
        external_id: text({ isPrimary: true }),
        excluded: flag(false),
      },
      references: { conversation_id: ['conversation', 'conversation', 'CASCADE'] },
    });
    await createTable(runner, 'pending_sign_in', {
      columns: {
        state: text({ isPrimary: true }),
        user_id: uuid(),
        channel_id: uuid(nullable),
        type: text(),
        sealed: text(),
        created_at: time(),
      },
      references: { user_id: ['user', 'app_user', 'CASCADE'], channel_id: ['channel', 'channel', 'CASCADE'] },
    });
    await runner.query(`INSERT INTO participant (conversation_id, scope, external_id, excluded)
      SELECT c.id, i.scope, i.external_id, ${no(runner)} FROM conversation c JOIN identity i ON i.id = c.identity_id`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['pending_sign_in', 'participant', 'conversation_link']) await runner.query(`DROP TABLE ${table}`);
    for (const [, name] of indexed) await runner.query(`DROP INDEX ${name}`);
    for (const [table, columns] of Object.entries(added)) await dropColumns(runner, table, Object.keys(columns));
  }
}

const no = (runner: QueryRunner) => (runner.dataSource.options.type === 'postgres' ? 'false' : '0');

const added: Record<string, Record<string, Column>> = {
  inbound_event: { platform_id: text(nullable), payload_sha256: text(nullable), payload_size: int({ default: 0 }) },
  conversation: { review: text(nullable), base_subject: text(nullable), closed_at: time(nullable) },
  thread_key: { message_id: uuid(nullable) },
  message: { partial: flag(false) },
  delivery: { recipients: json(nullable) },
  identity: { remote_images: flag(false), undeliverable: text(nullable) },
  channel: { last_audit: json(nullable), audited_at: time(nullable) },
  channel_secret: { refresh_lease_until: time(nullable) },
  app_user: { signature: text(nullable) },
};

const indexed: Array<[table: string, name: string, columns: string[]]> = [
  ['inbound_event', 'ix_inbound_event_platform_id', ['channel_id', 'platform_id']],
  ['message', 'ix_message_external_id', ['external_id']],
  ['conversation', 'ix_conversation_base_subject', ['channel_id', 'base_subject']],
  ['thread_key', 'ix_thread_key_message', ['message_id']],
  ['delivery', 'ix_delivery_committed', ['channel_id', 'committed_at']],
];
