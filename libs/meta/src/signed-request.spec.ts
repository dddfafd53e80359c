import { createHmac } from 'node:crypto';
import { readSignedRequest } from './signed-request.js';

const secret = 'sim-app-secret-0001';
/** Computed apart from this code. */
const vector =
  'Gl-JgVWjqoFueD8wJ4tJT2gd9VKlKSRL7DxJiHXRsH4.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTMwNTYwMCwidXNlcl9pZCI6IjU1NTAwMDAwMDAwMDAwMDEifQ';
const form = (value: string) => Buffer.from(new URLSearchParams({ signed_request: value }).toString());
const read = (body: Buffer, secrets = ['another', secret]) => readSignedRequest(body, 'deauthorised', secrets);

const signed = (payload: string) => {
  const encoded = Buffer.from(payload).toString('base64url');
  return `${createHmac('sha256', secret).update(encoded).digest('base64url')}.${encoded}`;
};

test('a request signed under any of the app’s secrets tells who it is about', () => {
  const notice = { kind: 'deauthorised', userId: '5550000000000001', at: new Date(1795305600_000) };
  expect(read(form(vector))).toEqual(notice);
});

test('an id that comes as a number keeps its digits', () => {
  expect(read(form(signed('{"algorithm":"HMAC-SHA256","user_id":28970000000000402,"issued_at":1}')))?.userId).toBe('28970000000000402');
});

test.each([
  ['the wrong secret', form(vector), ['another']],
  ['no secret at all', form(vector), []],
  ['another payload under the same signature', form(`${vector.split('.')[0]}.${signed('{"user_id":"1"}').split('.')[1]}`), [secret]],
  ['a signature cut short', form(vector.slice(1)), [secret]],
  ['another algorithm', form(signed('{"algorithm":"NONE","user_id":"1"}')), [secret]],
  ['nobody named', form(signed('{"algorithm":"HMAC-SHA256"}')), [secret]],
  ['no JSON', form(signed('{')), [secret]],
  ['no such field', Buffer.from('hello=world'), [secret]],
  ['nothing', Buffer.alloc(0), [secret]],
])('%s is refused', (_what, body, secrets) => expect(read(body, secrets)).toBeNull());
