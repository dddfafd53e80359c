import { recipientsOf } from './recipients.js';

const own = 'Shop@lamps.test';
const person = (address: string, name = '') => ({ name, address });
const customer = { scope: 'email', id: 'maya@example.com', name: 'Maya' };
const received = { from: person('maya@example.com', 'Maya'), replyTo: [], to: [person(own)], cc: [] };
const to = (changes: object, whom = customer) =>
  recipientsOf({ answering: { ...received, ...changes }, customer: whom }, own).to.map(({ address }) => address);
const cc = (changes: object) => recipientsOf({ answering: { ...received, ...changes }, customer }, own).cc.map(({ address }) => address);

test('the answer goes where Reply-To says, but never to ourselves', () => {
  expect(to({ replyTo: [person('office@example.com'), person('desk@example.com')] })).toEqual(['office@example.com', 'desk@example.com']);
  expect(to({ replyTo: [person('shop+c.1.abcdefghijklmnop@lamps.test')] })).toEqual(['maya@example.com']);
  expect(to({ from: null })).toEqual(['maya@example.com']);
});

test('an answer to a mail of our own goes to those it went to', () => {
  expect(
    to({ from: person(own), to: [person('bob@example.com')], replyTo: 'shop+c.1.abcdefghijklmnop@lamps.test', cc: ['eve@example.com'] }),
  ).toEqual(['bob@example.com']);
});

test('everybody else in it is proposed for a copy: once, and no machine and none of our addresses', () => {
  const others = [person('bob@example.com'), person('BOB@example.com'), person('shop+orders@lamps.test'), person('Maya@example.com')];
  expect(cc({ to: others, cc: [person('no-reply@bank.test'), person('notifications+1@git.test'), person('eve@example.com')] })).toEqual([
    'bob@example.com',
    'eve@example.com',
  ]);
  expect(cc({ cc: Array.from({ length: 80 }, (_, n) => person(`p${n}@example.com`)) })).toHaveLength(50);
});

test('an unknown sender cannot be answered, and the agent is told so', () => {
  const nobody = { ...customer, id: 'unknown:sha:1' };
  expect(() => to({ from: null }, nobody)).toThrow(expect.objectContaining({ kind: 'rejected', action: expect.any(String) }) as Error);
});
