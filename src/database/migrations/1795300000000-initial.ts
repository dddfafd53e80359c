import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bytes, createTable, dialectOf, flag, id, int, json, nullable, serial, text, time, uuid } from './schema.js';

/** People, channels, the two ledgers, conversations, and what browsers are told. */
export class Initial1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await people(runner);
    await channels(runner);
    await conversations(runner);
    await messages(runner);
    await search(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      ...['message_search', 'change', 'idempotent_request', 'delivery', 'attachment', 'message', 'thread_key', 'conversation_tag'],
      ...['conversation', 'counter', 'identity', 'contact', 'inbound_event', 'channel_watch', 'channel_secret', 'channel'],
      ...['team', 'api_key', 'session', 'credential', 'app_user'],
    ];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
    if (dialectOf(runner) === 'postgres') await runner.query('DROP FUNCTION index_message');
  }
}

async function people(runner: QueryRunner): Promise<void> {
  await createTable(runner, 'app_user', {
    columns: { id: id(), name: text(), email: text(), role: text(), created_at: time() },
    unique: { uq_user_email: ['email'] },
  });
  await createTable(runner, 'credential', {
    columns: { user_id: uuid({ isPrimary: true }), password_hash: text() },
    references: { user_id: ['user', 'app_user', 'CASCADE'] },
  });
  await createTable(runner, 'session', {
    columns: { token_hash: text({ isPrimary: true }), user_id: uuid(), csrf_token: text(), created_at: time(), expires_at: time() },
    references: { user_id: ['user', 'app_user', 'CASCADE'] },
  });
  await createTable(runner, 'api_key', {
    columns: { id: id(), user_id: uuid(), name: text(), key_hash: text(), created_at: time(), last_used_at: time(nullable) },
    unique: { uq_api_key_hash: ['key_hash'] },
    references: { user_id: ['user', 'app_user', 'CASCADE'] },
  });
  await createTable(runner, 'team', {
    columns: { id: id(), name: text(), created_at: time() },
    unique: { uq_team_name: ['name'] },
  });
  await createTable(runner, 'idempotent_request', {
    columns: {
      user_id: uuid({ isPrimary: true }),
      key: text({ isPrimary: true }),
      fingerprint: text(),
      status: int(nullable),
      body: json(nullable),
      created_at: time(),
    },
    index: { ix_idempotent_request_created: ['created_at'] },
    references: { user_id: ['user', 'app_user', 'CASCADE'] },
  });
}

async function channels(runner: QueryRunner): Promise<void> {
  await createTable(runner, 'channel', {
    columns: {
      id: id(),
      type: text(),
      name: text(),
      address: text(),
      external_id: text(),
      enabled: flag(true),
      settings_version: int({ default: 1 }),
      health_state: text({ default: "'ok'" }),
      health_detail: text(nullable),
      last_event_at: time(nullable),
      last_sync_at: time(nullable),
      import_done: int(nullable),
      import_total: int(nullable),
      created_at: time(),
      removed_at: time(nullable),
    },
    unique: { uq_channel_account: ['type', 'external_id'] },
  });
  await createTable(runner, 'channel_secret', {
    columns: { channel_id: uuid({ isPrimary: true }), sealed: text() },
    references: { channel_id: ['channel', 'channel', 'CASCADE'] },
  });
  await createTable(runner, 'channel_watch', {
    columns: {
      channel_id: uuid({ isPrimary: true }),
      cursor: json(nullable),
      holder: text(nullable),
      fence: int({ default: 0 }),
      lease_until: time(nullable),
    },
    references: { channel_id: ['channel', 'channel', 'CASCADE'] },
  });
  await createTable(runner, 'inbound_event', {
    columns: {
      id: id(),
      channel_id: uuid(nullable),
      connector: text(),
      account: text(),
      key: text(),
      payload: bytes(),
      context: json(),
      backfill: flag(false),
      received_at: time(),
      stored_at: time(),
      state: text({ default: "'received'" }),
      reason: text(nullable),
      attempts: int({ default: 0 }),
    },
    unique: { uq_inbound_event_key: ['connector', 'account', 'key'] },
    index: { ix_inbound_event_state: ['state', 'stored_at'], ix_inbound_event_channel: ['channel_id', 'stored_at'] },
    references: { channel_id: ['channel', 'channel', 'SET NULL'] },
  });
}

async function conversations(runner: QueryRunner): Promise<void> {
  await createTable(runner, 'contact', { columns: { id: id(), name: text(nullable), created_at: time() } });
  await createTable(runner, 'identity', {
    columns: { id: id(), contact_id: uuid(), scope: text(), external_id: text(), name: text(nullable), name_asked_at: time(nullable) },
    unique: { uq_identity_external: ['scope', 'external_id'] },
    index: { ix_identity_contact: ['contact_id'] },
    references: { contact_id: ['contact', 'contact', 'CASCADE'] },
  });
  await createTable(runner, 'counter', { columns: { name: text({ isPrimary: true }), value: int() } });
  await runner.query(`INSERT INTO counter (name, value) VALUES ('conversation', 0)`);
  await createTable(runner, 'conversation', {
    columns: {
      id: id(),
      number: int(),
      channel_id: uuid(),
      contact_id: uuid(),
      identity_id: uuid(),
      kind: text(),
      subject: text(nullable),
      status: text({ default: "'open'" }),
      snoozed_until: time(nullable),
      priority: text({ default: "'normal'" }),
      assignee_id: uuid(nullable),
      team_id: uuid(nullable),
      preview: text({ default: "''" }),
      message_count: int({ default: 0 }),
      unread: flag(true),
      waiting_since: time(nullable),
      last_message_at: time(),
      last_inbound_at: time(nullable),
      source: json(nullable),
      version: int({ default: 1 }),
      created_at: time(),
    },
    unique: { uq_conversation_number: ['number'] },
    index: {
      ix_conversation_status: ['status', 'last_message_at', 'id'],
      ix_conversation_recent: ['last_message_at', 'id'],
      ix_conversation_assignee: ['assignee_id', 'status', 'last_message_at', 'id'],
      ix_conversation_channel: ['channel_id', 'last_message_at', 'id'],
      ix_conversation_contact: ['contact_id'],
    },
    references: {
      channel_id: ['channel', 'channel'],
      contact_id: ['contact', 'contact'],
      identity_id: ['identity', 'identity'],
      assignee_id: ['assignee', 'app_user', 'SET NULL'],
      team_id: ['team', 'team', 'SET NULL'],
    },
  });
  await createTable(runner, 'conversation_tag', {
    columns: { conversation_id: uuid({ isPrimary: true }), tag: text({ isPrimary: true }) },
    index: { ix_conversation_tag_tag: ['tag'] },
    references: { conversation_id: ['conversation', 'conversation', 'CASCADE'] },
  });
  await createTable(runner, 'thread_key', {
    columns: { channel_id: uuid({ isPrimary: true }), key: text({ isPrimary: true }), conversation_id: uuid(), claimed: flag(true) },
    index: { ix_thread_key_conversation: ['conversation_id'] },
    references: { channel_id: ['channel', 'channel', 'CASCADE'], conversation_id: ['conversation', 'conversation', 'CASCADE'] },
  });
}

async function messages(runner: QueryRunner): Promise<void> {
  await createTable(runner, 'message', {
    columns: {
      id: id(),
      conversation_id: uuid(),
      channel_id: uuid(),
      kind: text(),
      direction: text(),
      external_id: text(nullable),
      author_type: text(),
      author_id: uuid(nullable),
      author_name: text(nullable),
      sent_at: time(),
      received_at: time(),
      text: text({ default: "''" }),
      html: text(nullable),
      quoted_text: text(nullable),
      reactions: json(),
      edited_at: time(nullable),
      deleted_at: time(nullable),
      reply_to_message_id: uuid(nullable),
      placed_by: json(nullable),
      envelope: json(nullable),
      human: flag(true),
      idempotency_key: text(nullable),
    },
    unique: { uq_message_external: ['channel_id', 'external_id'], uq_message_idempotency: ['author_id', 'idempotency_key'] },
    index: { ix_message_conversation: ['conversation_id', 'sent_at', 'id'] },
    references: { conversation_id: ['conversation', 'conversation', 'CASCADE'], channel_id: ['channel', 'channel'] },
  });
  await createTable(runner, 'attachment', {
    columns: {
      id: id(),
      message_id: uuid(nullable),
      uploaded_by: uuid(nullable),
      filename: text(),
      content_type: text(),
      size: int(),
      inline: flag(false),
      content_id: text(nullable),
      sha256: text(),
      created_at: time(),
    },
    index: { ix_attachment_message: ['message_id'] },
    references: { message_id: ['message', 'message', 'CASCADE'], uploaded_by: ['uploader', 'app_user', 'SET NULL'] },
  });
  await createTable(runner, 'delivery', {
    columns: {
      id: id(),
      message_id: uuid(),
      channel_id: uuid(),
      state: text({ default: "'queued'" }),
      attempts: int({ default: 0 }),
      next_attempt_at: time(nullable),
      lease_until: time(nullable),
      fence: int({ default: 0 }),
      committed_at: time(nullable),
      error_code: text(nullable),
      error_message: text(nullable),
      error_retryable: flag(false),
      error_action: text(nullable),
      created_at: time(),
      updated_at: time(),
    },
    unique: { uq_delivery_message: ['message_id'] },
    index: { ix_delivery_due: ['state', 'next_attempt_at'] },
    references: { message_id: ['message', 'message', 'CASCADE'], channel_id: ['channel', 'channel'] },
  });
  await createTable(runner, 'change', {
    columns: { id: serial(), type: text(), conversation_id: uuid(nullable), message_id: uuid(nullable), at: time() },
    index: { ix_change_at: ['at'] },
  });
}

/** Full text beside the messages, kept by triggers: whoever writes a message cannot forget it. */
async function search(runner: QueryRunner): Promise<void> {
  const words = `coalesce(NEW.author_name, '') || ' ' || NEW.text || ' ' || coalesce((SELECT subject FROM conversation WHERE id = NEW.conversation_id), '')`;
  const statements = dialectOf(runner) === 'postgres' ? searchOnPostgres(words) : searchOnSqlite(words);
  for (const statement of statements) await runner.query(statement);
}

const searchOnSqlite = (words: string) => [
  `CREATE VIRTUAL TABLE message_search USING fts5 (message_id UNINDEXED, conversation_id UNINDEXED, body, tokenize = 'unicode61 remove_diacritics 2')`,
  `CREATE TRIGGER message_search_insert AFTER INSERT ON message BEGIN
     INSERT INTO message_search (message_id, conversation_id, body) VALUES (NEW.id, NEW.conversation_id, ${words}); END`,
  `CREATE TRIGGER message_search_update AFTER UPDATE OF text, conversation_id ON message BEGIN
     DELETE FROM message_search WHERE message_id = OLD.id;
     INSERT INTO message_search (message_id, conversation_id, body) VALUES (NEW.id, NEW.conversation_id, ${words}); END`,
  `CREATE TRIGGER message_search_delete AFTER DELETE ON message BEGIN DELETE FROM message_search WHERE message_id = OLD.id; END`,
];

/** A tsvector holds a megabyte at most, and takes up to five bytes a character. */
const searchedCharacters = 200_000;

const searchOnPostgres = (words: string) => [
  `CREATE TABLE message_search (
     message_id uuid PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
     conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
     body tsvector NOT NULL)`,
  `CREATE INDEX ix_message_search_body ON message_search USING gin (body)`,
  `CREATE FUNCTION index_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     INSERT INTO message_search (message_id, conversation_id, body) VALUES (NEW.id, NEW.conversation_id, to_tsvector('simple', left(${words}, ${searchedCharacters})))
     ON CONFLICT (message_id) DO UPDATE SET body = excluded.body, conversation_id = excluded.conversation_id;
     RETURN NEW; END $$`,
  `CREATE TRIGGER message_search_write AFTER INSERT OR UPDATE OF text, conversation_id ON message FOR EACH ROW EXECUTE FUNCTION index_message()`,
];
