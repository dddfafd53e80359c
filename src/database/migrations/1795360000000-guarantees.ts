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
        ...{ open_until: time(nullable), probe_until: time(nullable), reason: text(nullable) },
      },
      references: { channel_id: ['channel', 'channel', 'CASCADE'] },
    });
    await createTable(runner, 'running_process', {
      columns: { id: id(), role: text(), host: text(), pid: int(), started_at: time(), seen_at: time() },
    });
    for (const [table, columns] of Object.entries(added)) await addColumns(runner, table, columns);
    for (const [table, name, columns] of indexed) await addIndex(runner, table, name, columns);
    // What came back and what was refused cannot be told apart any more; of those who may try again it is mostly the first.
    await runner.query(
      `UPDATE delivery SET trouble_at = updated_at, error_kind = CASE WHEN state = 'uncertain' THEN 'unknown'
        WHEN error_retryable THEN 'bounced' ELSE 'refused' END WHERE state IN ('failed', 'uncertain')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [, name] of indexed) await runner.query(`DROP INDEX ${name}`);
    for (const [table, columns] of Object.entries(added)) await dropColumns(runner, table, Object.keys(columns));
    for (const table of ['running_process', 'channel_circuit', 'delivery_attempt']) await runner.query(`DROP TABLE ${table}`);
  }
}

const added: Record<string, Record<string, Column>> = {
  delivery: { error_kind: text(nullable), trouble_at: time(nullable), undo_until: time(nullable), undo_to: json(nullable) },
  inbound_event: { payload_kept: text({ default: "'whole'" }) },
  app_user: { undo_seconds: int({ default: 10 }) },
};

const indexed: Array<[table: string, name: string, columns: string[]]> = [
  ['delivery', 'ix_delivery_trouble', ['trouble_at', 'id']],
  ['inbound_event', 'ix_inbound_event_kept', ['payload_kept', 'stored_at']],
];
