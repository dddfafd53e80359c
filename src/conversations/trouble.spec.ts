import type { Delivery, RecipientFate } from './delivery.entity.js';
import { isInTrouble, troubleAfter } from './trouble.js';

type Facts = Pick<Delivery, 'state' | 'recipients' | 'errorKind' | 'troubleAt'>;
const fates = (...states: RecipientFate['state'][]): RecipientFate[] =>
  states.map((state, at) => ({ recipient: `r${at}@x.test`, state, code: null, message: null }));
const sending: Facts = { state: 'sending', recipients: null, errorKind: null, troubleAt: null };
const [then, now] = [new Date('2026-03-02T10:00:00Z'), new Date('2026-03-03T10:00:00Z')];
const none = { troubleAt: null, news: false };

test.each<[Delivery['state']]>([['failed'], ['uncertain']])('a reply that is %s is in trouble from now on, and that is news', (state) => {
  expect(troubleAfter(sending, { ...sending, state }, now)).toEqual({ troubleAt: now, news: true });
});

test('one that goes on, or arrived for all it was for, is not', () => {
  for (const state of ['queued', 'sending', 'sent', 'delivered', 'read'] as const)
    expect(troubleAfter({ ...sending, state: 'failed', troubleAt: then }, { ...sending, state }, now)).toEqual(none);
});

test('one that arrived for some alone is; while nobody has it and it is tried again, it is not', () => {
  const partly = { ...sending, state: 'sent' as const, recipients: fates('delivered', 'refused') };
  expect(troubleAfter({ ...sending, recipients: fates('queued', 'refused') }, partly, now)).toEqual({ troubleAt: now, news: true });
  expect(isInTrouble({ state: 'queued', recipients: fates('queued', 'refused') })).toBe(false);
});

test('trouble that gets worse is news and keeps its time', () => {
  const partly: Facts = { ...sending, state: 'sent', recipients: fates('sent', 'failed', 'sent'), troubleAt: then };
  expect(troubleAfter(partly, { ...partly, recipients: fates('sent', 'failed', 'failed') }, now)).toEqual({ troubleAt: then, news: true });
  expect(troubleAfter(partly, { ...partly, recipients: fates('delivered', 'failed', 'sent') }, now)).toEqual({
    troubleAt: then,
    news: false,
  });
  expect(troubleAfter({ ...sending, state: 'uncertain', troubleAt: then }, { ...sending, state: 'failed' }, now)).toEqual({
    troubleAt: then,
    news: true,
  });
});

test('what somebody has seen to stays seen to, unless it gets worse', () => {
  const seen: Facts = { ...sending, recipients: fates('sent', 'failed', 'queued') };
  expect(troubleAfter(seen, { ...seen, state: 'sent', recipients: fates('sent', 'failed', 'sent') }, now)).toEqual(none);
  expect(troubleAfter(seen, { ...seen, state: 'sent', recipients: fates('sent', 'failed', 'failed') }, now)).toEqual({
    troubleAt: now,
    news: true,
  });
});

test('a part held back behind an earlier one is no trouble of its own until it was said to be', () => {
  const held = { ...sending, state: 'failed' as const, errorKind: 'held' as const };
  expect(troubleAfter({ ...sending, state: 'queued' }, held, now)).toEqual(none);
  expect(troubleAfter({ ...held, troubleAt: then }, held, now)).toEqual({ troubleAt: then, news: false });
});
