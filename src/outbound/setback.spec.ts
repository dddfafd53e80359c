import { ConnectorError } from '#libs/connector';
import { awaiting, givenUp } from '../conversations/recipient-fates.js';
import type { RecipientFate } from '../conversations/delivery.entity.js';
import { afterSetback } from './setback.js';

const first = { attempts: 1, recipients: awaiting(['ada@customer.example']) };
const refusal = new ConnectorError('rejected', 'No such mailbox', { code: '550', action: 'Correct the address.' });

test('a refusal ends a delivery with the words and the remedy of whoever refused', () => {
  expect(afterSetback(first, refusal)).toMatchObject({
    ...{ state: 'failed', nextAttemptAt: null, errorCode: '550', errorMessage: 'No such mailbox', errorAction: 'Correct the address.' },
    ...{ errorRetryable: false, recipients: [{ state: 'failed' }] },
  });
});

test('who has to sign in again is told so, also where the connector does not say how', () => {
  const refused = (action?: string) => afterSetback(first, new ConnectorError('auth', 'The sign-in has run out', { action })).errorAction;
  expect([refused('Sign in again.'), refused()]).toEqual(['Sign in again.', 'Ask an admin to reconnect the channel, then send it again.']);
});

test('trouble of our own is tried again later, until it has been tried often enough', () => {
  const trouble = new Error('disk');
  expect(afterSetback(first, trouble)).toMatchObject({
    state: 'queued',
    nextAttemptAt: expect.any(Date),
    recipients: [{ state: 'queued' }],
  });
  expect(afterSetback({ ...first, attempts: 10 }, trouble)).toMatchObject({ state: 'failed', nextAttemptAt: null });
});

test('a reply that some have stays sent, and what became of them is not touched', () => {
  const bounced: RecipientFate = { recipient: 'bob@customer.example', state: 'failed', code: '5.1.1', message: 'gone' };
  const has: RecipientFate = { recipient: 'eve@customer.example', state: 'delivered', code: null, message: null };
  const recipients = [...first.recipients!, bounced, has];
  expect(afterSetback({ attempts: 2, recipients }, refusal)).toMatchObject({
    ...{ state: 'sent', nextAttemptAt: null },
    recipients: [...givenUp(first.recipients)!.map(({ recipient, state }) => ({ recipient, state })), bounced, has],
  });
});
