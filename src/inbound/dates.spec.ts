import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { MessageEvent } from '#libs/connector';
import { orders } from '../../test/orders.js';
import { Message } from '../conversations/message.entity.js';
import { newId } from '../database/columns.js';
import { openDatabase } from '../database/data-source.js';
import { sentAtAmong } from './dates.js';

let directory: string;
let database: DataSource;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tributary-'));
  database = await openDatabase({ dialect: 'sqlite', DATA_DIR: directory });
  // Messages alone: of what they hang on nothing is asked here.
  await database.query('PRAGMA foreign_keys = OFF');
});
afterEach(async () => {
  await database.destroy();
  rmSync(directory, { recursive: true });
});

/** Stores the mails of a thread, each of which names all before it, in this order; resolves with how they stand then. */
async function standing(arrivals: number[], times: Date[]): Promise<number[]> {
  const { manager } = database;
  const [channelId, conversationId] = [newId(), newId()];
  const nameOf = (at: number) => `mid:${at}@${conversationId}`;
  for (const [place, at] of arrivals.entries()) {
    const threadKeys = times.slice(0, at).map((_, before) => ({ rule: 'references', key: nameOf(before) }));
    const event = { threadKeys, sentAt: times[at] } as MessageEvent;
    const awaited = arrivals.slice(0, place).some((earlier) => earlier > at);
    const sentAt = await sentAtAmong(manager, channelId, conversationId, event, awaited);
    const from = { kind: 'message', direction: 'inbound', authorType: 'contact', receivedAt: sentAt } as const;
    await manager.insert(Message, {
      id: newId(),
      conversationId,
      channelId,
      externalId: nameOf(at),
      text: `${at}`,
      sentAt,
      reactions: [],
      ...from,
    });
  }
  const stored = await manager.find(Message, { where: { conversationId }, order: { sentAt: 'ASC', id: 'ASC' } });
  return stored.map(({ text }) => Number(text));
}

test.each([
  ['of one second', 0],
  ['a second apart', 1_000],
  ['whose clocks run backwards', -1_000],
])(
  'mails %s stand in the order in which they answer each other, however they come',
  async (_, apartMs) => {
    const times = [0, 1, 2, 3].map((at) => new Date(Date.parse('2026-03-01T09:00:00Z') + at * apartMs));
    for (const arrivals of orders([0, 1, 2, 3])) expect([arrivals, await standing(arrivals, times)]).toEqual([arrivals, [0, 1, 2, 3]]);
  },
  30_000,
);
