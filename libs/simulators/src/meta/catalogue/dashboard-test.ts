import type { Json } from '../wire.js';

/** What the "Test" button of the dashboard posts: entry `0`, sender 12334, recipient 23245, times as strings, in `changes`. */
export function dashboardTest(object: string, field: string, now: number): Json {
  const value =
    field === 'messages'
      ? {
          sender: { id: '12334' },
          recipient: { id: '23245' },
          timestamp: String(Math.floor(now / 1000)),
          message: { mid: 'random_mid', text: 'random_text' },
        }
      : {
          item: 'status',
          post_id: '44444444_444444444',
          verb: 'add',
          published: 1,
          created_time: Math.floor(now / 1000),
          message: 'Example post content.',
          from: { name: 'Test Page', id: '1067280970047460' },
        };
  return { object, entry: [{ id: '0', time: Math.floor(now / 1000), changes: [{ field, value }] }] };
}
