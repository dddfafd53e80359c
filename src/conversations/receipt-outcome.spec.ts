import fc from 'fast-check';
import type { ReceiptEvent } from '#libs/connector';
import { orders } from '../../test/orders.js';
import { type Delivery, noError, type RecipientFate } from './delivery.entity.js';
import { settle } from './receipt-outcome.js';

type Facts = Parameters<typeof settle>[0];

const fate = (recipient: string, state: RecipientFate['state'] = 'sent'): RecipientFate => ({
  recipient,
  state,
  code: null,
  message: null,
});
const one: Facts = { state: 'sent', recipients: [fate('ada@x.test')], ...noError };
const two: Facts = { ...one, recipients: [fate('ada@x.test'), fate('bo@x.test')] };
const at = new Date('2026-03-02T10:00:00Z');
const receipt = (state: ReceiptEvent['state'], recipient: string | null = 'ada@x.test'): ReceiptEvent => ({
  ...{ type: 'receipt' as const, of: 'mid:1', state, recipient, at },
  error:
    state === 'failed' || state === 'delayed'
      ? { code: '5.1.1', message: 'There is no such mailbox.', action: 'Ask.', addressIsDead: true }
      : null,
});
const after = (delivery: Facts, ...receipts: ReceiptEvent[]): Facts =>
  receipts.reduce((facts, next) => ({ ...facts, ...settle(facts, next)?.change }), delivery);

test('a bounce fails the reply and says why, once', () => {
  const outcome = settle(one, receipt('failed'));
  expect(outcome).toMatchObject({
    news: true,
    change: { state: 'failed', errorMessage: 'There is no such mailbox.', errorAction: 'Ask.' },
  });
  expect(settle(after(one, receipt('failed')), receipt('failed'))).toBeNull();
});

test('a delay is shown and keeps the state; delivery takes it away again', () => {
  const delayed = after(one, receipt('delayed'));
  expect(delayed).toMatchObject({ state: 'sent', errorMessage: 'There is no such mailbox.' });
  expect(after(delayed, receipt('delivered'))).toMatchObject({ state: 'delivered', errorMessage: null });
});

test('one of two who did not get it fails neither the reply nor the other', () => {
  const partly = after(two, receipt('failed', 'bo@x.test'));
  expect(partly).toMatchObject({ state: 'sent', errorMessage: 'bo@x.test did not get it: There is no such mailbox.' });
  expect(partly.recipients?.map(({ state }) => state)).toEqual(['sent', 'failed']);
  expect(after(partly, receipt('failed'))).toMatchObject({ state: 'failed' });
});

test('two recipients: delivered when both have it', () => {
  expect(after(two, receipt('delivered')).state).toBe('sent');
  expect(after(two, receipt('delivered'), receipt('delivered', 'bo@x.test')).state).toBe('delivered');
});

test.each<[Delivery['state']]>([['queued'], ['sending'], ['uncertain']])('a receipt proves that what is %s has left', (state) => {
  expect(after({ ...one, state }, receipt('delayed')).state).toBe('sent');
  expect(after({ ...one, state }, receipt('delivered')).state).toBe('delivered');
  expect(after({ ...one, state }, receipt('failed')).state).toBe('failed');
});

test('while others still have to get it, it stays under way', () => {
  const underWay: Facts = { ...one, state: 'queued', recipients: [fate('ada@x.test'), fate('bo@x.test', 'queued')] };
  expect(settle(underWay, receipt('delayed'))?.change).not.toHaveProperty('nextAttemptAt');
  expect(after(underWay, receipt('delayed')).state).toBe('queued');
});

test('state moves forward only: read is not taken back by a late delivery', () => {
  expect(after(one, receipt('read'), receipt('delivered'), receipt('delayed')).state).toBe('read');
});

test('a receipt for an address that the mail was passed on to is about the one we wrote to', () => {
  expect(after(one, receipt('failed', 'elsewhere@y.test')).state).toBe('failed');
  expect(settle(two, receipt('failed', 'elsewhere@y.test'))).toBeNull();
});

test('a channel that names no recipients has its replies settled all the same', () => {
  const nameless: Facts = { ...one, recipients: null };
  expect(after(nameless, receipt('delivered', null), receipt('read', null)).state).toBe('read');
  expect(settle(after(nameless, receipt('read', null)), receipt('delivered', null))).toBeNull();
});

test('a channel that names no recipients gets none made up', () => {
  const nameless: Facts = { ...one, recipients: null };
  expect(settle(nameless, receipt('delivered', null))?.change.recipients).toBeNull();
  expect(settle({ ...nameless, state: 'failed' }, receipt('failed', null))).toBeNull();
  expect(after({ ...nameless, state: 'failed' }, receipt('delivered', null)).state).toBe('delivered');
});

test('whatever order receipts come in, the end is the same', () => {
  const all = [receipt('delayed'), receipt('delivered'), receipt('failed', 'bo@x.test'), receipt('read')];
  const ends = orders(all).map((order) => after(two, ...order));
  expect(new Set(ends.map(({ state, recipients }) => JSON.stringify([state, recipients?.map((fate) => fate.state)])))).toEqual(
    new Set([JSON.stringify(['read', ['delivered', 'failed']])]),
  );
});

const people = ['ada@x.test', 'bo@x.test', 'cy@x.test'];
const anyReceipts = fc.array(
  fc.tuple(fc.constantFrom<ReceiptEvent['state']>('delayed', 'delivered', 'failed', 'read'), fc.constantFrom(...people)),
  { minLength: 1, maxLength: 7 },
);

test.each([1, 2, 3])('to %i recipients any receipts end the same in any order, however often each is told', (many) => {
  const delivery: Facts = { ...one, recipients: people.slice(0, many).map((recipient) => fate(recipient)) };
  const end = (told: Array<[ReceiptEvent['state'], string]>) => {
    const { state, recipients } = after(delivery, ...told.map(([kind, recipient]) => receipt(kind, recipient)));
    return { state, fates: recipients?.map((each) => each.state) };
  };
  const disordered = anyReceipts.chain((told) =>
    fc.tuple(fc.constant(told), fc.shuffledSubarray([...told, ...told], { minLength: told.length * 2 })),
  );
  fc.assert(
    fc.property(disordered, ([told, again]) => expect(end(again)).toEqual(end(told))),
    { numRuns: 1_000 },
  );
});
