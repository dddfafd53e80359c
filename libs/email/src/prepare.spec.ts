import type { Draft } from '#libs/connector';
import { prepare } from './prepare.js';

const server = { host: 'mail.test', port: 1, secure: true, user: 'u', password: 'p' };
const channel = { id: 'c1', address: 'Shop@harbourlamps.test', settings: { imap: server, smtp: server }, signingKey: Buffer.alloc(32, 7) };
const answering = { messageId: 'q@x', references: [], subject: 'Lamp', from: { name: 'Maya', address: 'maya@example.com' }, replyTo: [] };
const draft: Draft = {
  deliveryId: 'd-1',
  text: 'Hi',
  html: null,
  subject: null,
  cc: [],
  bcc: [],
  agentName: 'Ann',
  customer: { scope: 'email', id: 'maya@example.com', name: null },
  answering,
  quoting: null,
  signature: null,
  automatic: false,
  at: new Date('2026-03-02T11:00:00Z'),
};
const envelopeOf = (changes: Partial<Draft>) => prepare({ ...draft, ...changes }, channel).envelope;

test('the answer goes where Reply-To says, but not back to ourselves', () => {
  const replyTo = (address: string) => envelopeOf({ answering: { ...answering, replyTo: [{ name: '', address }] } }).to;
  expect(replyTo('office@example.com')).toEqual([{ name: '', address: 'office@example.com' }]);
  expect(replyTo('shop@harbourlamps.test')).toEqual([answering.from]);
});

test('the subject gets one Re:, in whatever language it has one already', () => {
  const subject = (text: string) => envelopeOf({ answering: { ...answering, subject: text } }).subject;
  expect(['Lamp', 'Re: Lamp', 'AW: Lamp', 'RE[2]: Lamp', 'Report'].map(subject)).toEqual([
    'Re: Lamp',
    'Re: Lamp',
    'AW: Lamp',
    'RE[2]: Lamp',
    'Re: Report',
  ]);
  expect(envelopeOf({ answering: null, subject: 'News of your order' }).subject).toBe('News of your order');
  expect(envelopeOf({ subject: 'What we call it' }).subject).toBe('Re: Lamp');
});

test('a long thread is cut to its first and newest ids', () => {
  const references = Array.from({ length: 100 }, (_, n) => `message-number-${n}@mail.example.com`);
  const kept = envelopeOf({ answering: { ...answering, references } }).references as string[];
  expect(kept[0]).toBe(references[0]);
  expect(kept.at(-1)).toBe('q@x');
  expect(kept.join('> <').length).toBeLessThan(900);
});

test('the ids are the same on each attempt', () => {
  const prepared = prepare(draft, channel);
  expect(prepare(draft, channel)).toEqual(prepared);
  expect(prepared.externalId).toMatch(/^mid:m\.d-1\.[a-z2-7]{16}@harbourlamps\.test$/);
  expect(prepared.ownKeys).toEqual([prepared.externalId]);
});

test('with plus addressing answers come to an address that names the reply', () => {
  const { envelope, ownKeys } = prepare(draft, { ...channel, settings: { ...channel.settings, plusAddressing: true } });
  expect(envelope.replyTo).toMatch(/^shop\+c\.d-1\.[a-z2-7]{16}@harbourlamps\.test$/);
  expect(ownKeys).toContain('token:d-1');
});

test.each<[string, Partial<Draft>]>([
  ['nobody to answer', { customer: { scope: 'email', id: 'unknown:sha:1', name: null }, answering: { ...answering, from: null } }],
  ['a copy to no address', { cc: ['not an address'] }],
  ['a copy with a second line', { bcc: ['a@b.c\r\nBcc: all@b.c'] }],
  ['a subject with a second line', { answering: null, subject: 'Hi\r\nBcc: all@b.c' }],
])('%s is refused in plain words', (_what, changes) => {
  expect(() => envelopeOf(changes)).toThrow(expect.objectContaining({ kind: 'rejected', action: expect.any(String) }) as Error);
});
