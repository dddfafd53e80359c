import { ConnectorError } from '#libs/connector';
import { awaiting, givenUp } from '../conversations/recipient-fates.js';
import type { RecipientFate } from '../conversations/delivery.entity.js';
import { type Trying, usualPatience } from './retry-schedule.js';
import { afterSetback } from './setback.js';

const now = new Date('2026-03-02T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const delivery = { recipients: awaiting(['ada@customer.example']) };
const first: Trying = { attempts: 1, since: now, patience: usualPatience, closesAt: null };
const refusal = new ConnectorError('rejected', 'No such mailbox', { code: '550', action: 'Correct the address.' });
const outage = new ConnectorError('unavailable', 'The connection broke off', { code: 'ECONNRESET' });
const after = (error: Error, trying = first, recipients: RecipientFate[] | null = delivery.recipients) =>
  afterSetback({ recipients }, error, trying, now);

test('a refusal ends a delivery with the words and the remedy of whoever refused', () => {
  expect(after(refusal)).toMatchObject({
    ...{ state: 'failed', nextAttemptAt: null, errorCode: '550', errorMessage: 'No such mailbox', errorAction: 'Correct the address.' },
    ...{ errorKind: 'refused', errorRetryable: false, recipients: [{ state: 'failed' }] },
  });
});

test('who has to sign in again is told so, also where the connector does not say how', () => {
  const refused = (action?: string) => after(new ConnectorError('auth', 'The sign-in has run out', { action }));
  expect(refused()).toMatchObject({ state: 'failed', errorKind: 'auth' });
  expect([refused('Sign in again.'), refused()].map(({ errorAction }) => errorAction)).toEqual([
    'Sign in again.',
    'Ask an admin to reconnect the channel, then send it again.',
  ]);
});

test('trouble of our own is tried again later', () => {
  expect(after(new Error('disk'))).toMatchObject({
    ...{ state: 'queued', errorKind: 'unavailable', errorMessage: 'disk', nextAttemptAt: expect.any(Date) },
    recipients: [{ state: 'queued' }],
  });
});

test('what was tried for long enough says how often, for how long, and what stood in the way at last', () => {
  const patience = { waits: [1_000], most: 600_000 };
  const given = { ...first, patience, attempts: 6, since: ago(10) };
  expect(after(outage, given)).toMatchObject({
    ...{ state: 'failed', nextAttemptAt: null, errorKind: 'unavailable', errorCode: 'ECONNRESET', errorRetryable: true },
    errorMessage: 'Tried 6 times over 10 minutes: The connection broke off',
  });
  expect(after(outage, { ...given, since: ago(3 * 24 * 60) }).errorMessage).toMatch(/^Tried 6 times over 3 days: /);
});

test('what cannot be tried again before the platform allows no answer any more is too late', () => {
  const closesAt = new Date(now.getTime() + 2_000);
  expect(after(outage, { ...first, closesAt })).toMatchObject({
    ...{ state: 'failed', errorKind: 'window', nextAttemptAt: null },
    errorMessage: 'The time to answer ends before it could be tried again. The connection broke off',
  });
  expect(after(new ConnectorError('rejected', 'Outside of the window', { tooLate: true }))).toMatchObject({ errorKind: 'window' });
});

test('a reply that some have stays sent, and what became of them is not touched', () => {
  const bounced: RecipientFate = { recipient: 'bob@customer.example', state: 'failed', code: '5.1.1', message: 'gone' };
  const has: RecipientFate = { recipient: 'eve@customer.example', state: 'delivered', code: null, message: null };
  expect(after(refusal, { ...first, attempts: 2 }, [...delivery.recipients!, bounced, has])).toMatchObject({
    ...{ state: 'sent', nextAttemptAt: null },
    recipients: [...givenUp(delivery.recipients)!.map(({ recipient, state }) => ({ recipient, state })), bounced, has],
  });
});
