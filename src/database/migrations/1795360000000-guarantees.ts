import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, addIndex, createTable, dropColumns, id, int, json, nullable, text, time, uuid, type Column } from './schema.js';

/** What the guarantees need to be seen: each attempt of a reply, replies in trouble, channels whose sending is held, raw payloads that were let go, processes that live. */
export class Guarantees1795360000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'delivery_attempt', {
      columns: {
        ...{ id: id(), delivery_id: uuid(), fence: int(), number: int(), started_at: time(), committed_at: time(nullable) },
        ...{ ended_at: time(), outcome: text(), kind: text(nullable), code: text(nullable), answer: text(nullable) },
        next_attempt_at: time(nullable),
      },
      unique: { uq_delivery_attempt_fence: ['delivery_id', 'fence'] },
      references: { delivery_id: ['delivery', 'delivery', 'CASCADE'] },
    });
    await createTable(runner, 'channel_circuit', {
      columns: {
        ...{ channel_id: uuid({ isPrimary: true }), failures: int({ default: 0 }), failing_since: time(nullable) },
        ...{ open_until: time(nullable), probe_until: time(nullable), kind: text(nullable), reason: text(nullable) },
      },
      references: { channel_id: ['channel', 'channel', 'CASCADE'] },
    });
    await createTable(runner, 'running_process', {
      columns: { id: id(), role: text(), host: text(), pid: int(), started_at: time(), seen_at: time() },
    });
    for (const [table, columns] of Object.entries(added)) await addColumns(runner, table, columns);
    for (const [table, name, columns, where] of indexed) await addIndex(runner, table, name, columns, where);
    // What came back and what was refused cannot be told apart any more; of those who may try again it is mostly the first.
    await runner.query(
      `UPDATE delivery SET trouble_at = updated_at, error_kind = CASE WHEN state = 'uncertain' THEN 'unknown'
        WHEN error_retryable THEN 'bounced' ELSE 'refused' END WHERE state IN ('failed', 'uncertain')`,
    );
    await noteWaiting(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [, name] of indexed) await runner.query(`DROP INDEX ${name}`);
    for (const [table, columns] of Object.entries(added)) await dropColumns(runner, table, Object.keys(columns));
    for (const table of ['running_process', 'channel_circuit', 'delivery_attempt']) await runner.query(`DROP TABLE ${table}`);
  }
}

const added: Record<string, Record<string, Column>> = {
  delivery: {
    error_kind: text(nullable),
    trouble_at: time(nullable),
    undo_until: time(nullable),
    attempt_at: time(nullable),
    undo_to: json(nullable),
  },
  inbound_event: { payload_kept: text({ default: "'whole'" }), settled_at: time(nullable), waiting_since: time(nullable) },
  message: { rough_since: time(nullable) },
  message_change: { waiting_since: time(nullable) },
  app_user: { undo_seconds: int({ default: 10 }) },
};

const indexed: Array<[table: string, name: string, columns: string[], where?: string]> = [
  ['delivery', 'ix_delivery_trouble', ['trouble_at', 'id']],
  ['delivery', 'ix_delivery_channel_trouble', ['channel_id', 'trouble_at', 'id'], 'trouble_at IS NOT NULL'],
  ['inbound_event', 'ix_inbound_event_kept', ['payload_kept', 'settled_at']],
  ['inbound_event', 'ix_inbound_event_waiting', ['stored_at'], 'waiting_since IS NOT NULL'],
  ['inbound_event', 'ix_inbound_event_todo', ['channel_id', 'backfill', 'stored_at'], `state = 'received'`],
  ['message', 'ix_message_rough', ['channel_id', 'rough_since'], 'rough_since IS NOT NULL'],
  ['message_change', 'ix_message_change_waiting', ['waiting_since'], 'waiting_since IS NOT NULL'],
];

/** What was told of messages that are not here was known by its reason until now, and by the names under which it is kept. */
async function noteWaiting(runner: QueryRunner): Promise<void> {
  const waits = `state = 'ignored' AND reason = 'It waits for its message.'`;
  const stored = 'SELECT stored_at FROM inbound_event WHERE inbound_event.id = message_change.inbound_event_id';
  await runner.query(`UPDATE inbound_event SET waiting_since = stored_at WHERE ${waits}`);
  await runner.query(
    `UPDATE message_change SET waiting_since = COALESCE((${stored}), at)
     WHERE key LIKE 'receipt %' OR of_external_id LIKE 'chat %' OR EXISTS (${stored} AND ${waits})`,
  );
  await runner.query(`UPDATE inbound_event SET settled_at = stored_at WHERE state IN ('processed', 'ignored') AND waiting_since IS NULL`);
}
