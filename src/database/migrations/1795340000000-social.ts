import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex, createTable, dropColumns, flag, id, int, json, nullable, text, time, uuid, type Column } from './schema.js';

/** What chats and comments of social platforms need: posts, changes to messages, linked media, reply windows, upkeep of accounts. */
export class Social1795340000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'post', {
      columns: {
        ...{ id: id(), channel_id: uuid(), external_id: text(), permalink: text(nullable), text: text(nullable) },
        ...{ picture_url: text(nullable), ad_id: text(nullable), ad_title: text(nullable), is_ad: flag(false), is_live: flag(false) },
        ...{ published_at: time(nullable), removed_at: time(nullable), asked_at: time(nullable) },
      },
      unique: { uq_post_external: ['channel_id', 'external_id'] },
      references: { channel_id: ['channel', 'channel', 'CASCADE'] },
    });
    await createTable(runner, 'message_change', {
      columns: {
        ...{ id: id(), channel_id: uuid(), of_external_id: text(), key: text(), at: time(), change: json() },
        inbound_event_id: uuid(nullable),
      },
      unique: { uq_message_change_key: ['channel_id', 'key'] },
      index: { ix_message_change_of: ['channel_id', 'of_external_id'] },
      references: { channel_id: ['channel', 'channel', 'CASCADE'] },
    });
    await createTable(runner, 'data_deletion', {
      columns: {
        ...{ code: text({ isPrimary: true }), connector: text(), user_id: text(), requested_at: time() },
        ...{ done_at: time(nullable), outcome: text(nullable) },
      },
    });
    for (const [table, columns] of Object.entries(added)) await addColumns(runner, table, columns);
    for (const [table, name, columns] of indexed) await addIndex(runner, table, name, columns);
    await dropColumns(runner, 'conversation', ['source']);
    await runner.query('UPDATE conversation SET last_action_at = last_inbound_at');
    // Long past: it is found out when the app runs.
    await runner.query(`UPDATE conversation SET window_closes_at = '1970-01-01 00:00:00.000' WHERE kind <> 'email'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await addColumns(runner, 'conversation', { source: json(nullable) });
    for (const [, name] of indexed) await runner.query(`DROP INDEX ${name}`);
    for (const [table, columns] of Object.entries(added)) await dropColumns(runner, table, Object.keys(columns));
    for (const table of ['data_deletion', 'message_change', 'post']) await runner.query(`DROP TABLE ${table}`);
  }
}

const added: Record<string, Record<string, Column>> = {
  conversation: {
    ...{ last_action_at: time(nullable), window_closes_at: time(nullable), post_id: uuid(nullable) },
    ...{ held_by: text(nullable), held_at: time(nullable), delivered_until: time(nullable), read_until: time(nullable) },
  },
  message: {
    ...{ original_text: text(nullable), reply_to_external_id: text(nullable), cards: json(nullable), mode: text(nullable) },
    ...{ part_of: uuid(nullable), hidden: flag(false), liked: flag(false), answered_privately: flag(false) },
    ...{ copy_of: text(nullable), copy_place: text(nullable) },
  },
  attachment: {
    ...{ state: text({ default: "'stored'" }), remote_url: text(nullable), fetch_attempts: int({ default: 0 }) },
    next_fetch_at: time(nullable),
  },
  identity: { picture_sha256: text(nullable) },
  channel: {
    alias: text(nullable),
    upkeep: json(nullable),
    upkeep_at: time(nullable),
    catch_up_at: time(nullable),
    last_lag_ms: int(nullable),
  },
  pending_sign_in: { sealed_accounts: text(nullable) },
};

const indexed: Array<[table: string, name: string, columns: string[]]> = [
  ['conversation', 'ix_conversation_window', ['window_closes_at', 'id']],
  ['conversation', 'ix_conversation_post', ['post_id']],
  ['message', 'ix_message_reply_to', ['channel_id', 'reply_to_external_id']],
  ['message', 'ix_message_copy', ['channel_id', 'copy_of']],
  ['message', 'ix_message_part', ['part_of']],
  ['identity', 'ix_identity_picture', ['picture_sha256']],
  ['attachment', 'ix_attachment_fetch', ['state', 'next_fetch_at']],
  ['attachment', 'ix_attachment_content', ['sha256']],
  ['inbound_event', 'ix_inbound_event_payload', ['payload_sha256']],
];
