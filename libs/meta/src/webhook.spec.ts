import { createHmac } from 'node:crypto';
import { MalformedPayload } from '#libs/connector';
import { appSecretProof } from './signature.js';
import { metaWebhook } from './webhook.js';

const secret = 'sim-app-secret-0001';
const urls = { graphUrl: '', instagramGraphUrl: '', graphVersion: 'v26.0' };
const webhook = metaWebhook({ ...urls, appSecret: secret, instagramAppSecret: 'the other one', verifyToken: 'let-me-in' });
const now = new Date('2026-11-22T00:00:00Z');

const vector = Buffer.from(
  String.raw`{"object":"page","entry":[{"id":"104400000000017","time":1795305600123,"messaging":[{"sender":{"id":"7311000000000042"},"recipient":{"id":"104400000000017"},"timestamp":1795305599871,"message":{"mid":"m_SIM0001","text":"\u00bfTall\u00e9r 1\/2 abierto? \ud83d\ude00"}}]}]}`,
);
const signature = { 'x-hub-signature-256': 'sha256=a0a848ebb1666ad3827e18117113d5de9410fa159353f97be7703d5dcc713479' };
const split = (body: unknown) => webhook.split(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), now);
const page = (...entry: object[]) => ({ object: 'page', entry });

test('the signature is that of the bytes as they came', () => {
  expect(webhook.verify(vector, signature)).toBe(true);
  expect(webhook.verify(Buffer.from(JSON.stringify(JSON.parse(vector.toString()))), signature)).toBe(false);
  expect(webhook.verify(vector.subarray(0, -1), signature)).toBe(false);
});

test.each([
  ['no header', {}],
  ['an empty one', { 'x-hub-signature-256': '' }],
  ['only the old sha1', { 'x-hub-signature': `sha1=${createHmac('sha1', secret).update(vector).digest('hex')}` }],
  ['the wrong secret', { 'x-hub-signature-256': `sha256=${createHmac('sha256', 'wrong').update(vector).digest('hex')}` }],
  ['a digest cut short', { 'x-hub-signature-256': signature['x-hub-signature-256'].slice(0, -2) }],
])('%s is no signature', (_, headers) => expect(webhook.verify(vector, headers)).toBe(false));

test('the secret of the Instagram app signs as well, and without any secret nothing is trusted', () => {
  const other = { 'x-hub-signature-256': `sha256=${createHmac('sha256', 'the other one').update(vector).digest('hex')}` };
  expect(webhook.verify(vector, other)).toBe(true);
  const emptyKey = { 'x-hub-signature-256': `sha256=${createHmac('sha256', '').update(vector).digest('hex')}` };
  expect(metaWebhook({ ...urls, appSecret: '' }).verify(vector, emptyKey)).toBe(false);
  expect(metaWebhook(urls).verify(vector, signature)).toBe(false);
});

test('appsecret_proof is the HMAC of the token', () => {
  expect(appSecretProof(secret, 'SIMTOKEN123')).toBe('e0db4bf143f34a253f87b6bf1e3cdbe14edd89e37caefcb52cc6d3ff2c454fc7');
});

test('the handshake gives the challenge back for the right token only', () => {
  const query = (token: string) => ({ 'hub.mode': 'subscribe', 'hub.challenge': '11582019007199254740993', 'hub.verify_token': token });
  expect(webhook.handshake(query('let-me-in'))).toBe('11582019007199254740993');
  expect(webhook.handshake(query('let-me-out'))).toBeNull();
  expect(webhook.handshake({})).toBeNull();
  expect(metaWebhook(urls).handshake(query(''))).toBeNull();
});

test('every element of every list of every entry is a part of its own', () => {
  const parts = split(
    page(
      { id: '1', time: 1, messaging: [{ a: 1 }, null, { a: 2 }], standby: [{ b: 1 }] },
      { id: '2', time: 2, changes: [{ field: 'feed' }] },
      { id: '3', time: 3, field: 'comments', value: {} },
      { id: '4', time: 4, surprise: true },
      'not even an entry' as never,
      { id: '5', messaging: [] },
    ),
  );
  expect(parts.map(({ account }) => account)).toEqual(['1', '1', '1', '1', '2', '3', '4', '']);
  expect(new Set(parts.map(({ event }) => event.key)).size).toBe(8);
});

test('an element delivered again in another batch has the same key', () => {
  const element = { sender: { id: '7' }, message: { mid: 'm_1', text: 'hi' } };
  const [first] = split(page({ id: '1', time: 1, messaging: [element] }));
  const [, again] = split(page({ id: '2', time: 9, messaging: [{}] }, { id: '1', time: 9, messaging: [element] }));
  expect(again!.event.key).toBe(first!.event.key);
});

test('an object we do not know ends at an account that nobody has', () => {
  expect(split({ object: 'user', entry: [{ id: '1', changes: [{}] }] })).toMatchObject([{ connector: 'facebook', account: 'user:1' }]);
});

test.each([
  ['nothing', ''],
  ['no JSON', '{"object":'],
  ['an array of numbers', '[1]'],
  ['null', 'null'],
  ['an object without entries', '{"object":"page"}'],
  ['entries that are no list', '{"object":"page","entry":{}}'],
  ['a tower of brackets', `{"object":"page","entry":${'['.repeat(200_000)}`],
])('%s is no webhook body', (_, body) => expect(() => split(body)).toThrow(MalformedPayload));
