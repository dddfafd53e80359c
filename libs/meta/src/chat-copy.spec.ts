import type { MessageEvent } from '#libs/connector';
import { apartFrom, chatCopy } from './chat-copy.js';
import { directMessage } from './direct-message.js';

const told = { connector: 'facebook' as const, account: '104', at: new Date(0) };
const said = (text: string, more: Partial<MessageEvent> = {}): MessageEvent => ({ ...directMessage(told, '7', 'm_1'), text, ...more });
const of = (event: MessageEvent) => chatCopy(event, 'pushed').copy.of;
const photo = { filename: 'photo', contentType: 'image/*', url: 'https://cdn.example/1', keep: true };

test('the same words are the same however they are spaced, and another’s, in another chat, or with other files are not', () => {
  expect(of(said(' Is it\nback? '))).toBe(of(said('Is it back?', { linked: [photo] })));
  expect(of(said('', { linked: [photo] }))).toBe(of(said('', { linked: [{ ...photo, url: 'https://cdn.example/2' }] })));
  const others = [
    said('Is it back!'),
    said('Is it back?', { direction: 'outbound' }),
    said('Is it back?', { ownKeys: ['dm:8'] }),
    said('', { linked: [photo] }),
    said('', { linked: [photo, photo] }),
  ];
  expect(new Set([said('Is it back?'), ...others].map(of)).size).toBe(6);
});

describe('what was read together is told apart', () => {
  const at = (id: string, seconds: number) => ({ id, created_time: `2026-11-22T12:00:${String(seconds).padStart(2, '0')}+0000` });
  const all = [at('m_4', 40), at('m_3', 22), at('m_2', 20), at('m_1', 5)];
  const soonAfter = Date.parse('2026-11-22T12:01:00Z');
  const later = Date.parse('2026-11-22T12:30:00Z');
  const ids = (most: number, now: number) => all.map((message) => apartFrom(message, all, most, now));

  test('by the ids of what is near', () => expect(ids(20, later)).toEqual([[], ['m_2'], ['m_3'], []]));
  test('by its own id alone at the end of what can be read', () => expect(ids(4, later)).toEqual([[], ['m_2'], ['m_3'], undefined]));
  test('by its own id alone while a webhook may be under way', () => {
    expect(ids(20, soonAfter)).toEqual([undefined, undefined, undefined, undefined]);
    expect(ids(20, soonAfter + 21_000)).toEqual([undefined, undefined, ['m_3'], []]);
  });
  test('by its own id alone when it has no time', () => expect(apartFrom({ id: 'm_0' }, all, 20, later)).toBeUndefined());
});
