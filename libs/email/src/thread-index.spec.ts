import { answeringIndex } from './thread-index.js';

const at = new Date('2026-03-02T11:00:00Z');
// As Outlook 2019 made it on 2026-03-01 09:30 UTC.
const outlooks = Buffer.concat([Buffer.from('01dca95c2e8a', 'hex'), Buffer.alloc(16, 0xab)]).toString('base64');
const bytes = (index: string) => Buffer.from(index, 'base64');

test('the thread of Outlook goes on with one block of five bytes more for each answer', () => {
  const first = answeringIndex(outlooks, 'root@x', at);
  const second = answeringIndex(first, 'root@x', new Date('2026-03-02T12:00:00Z'));
  expect([bytes(first).length, bytes(second).length]).toEqual([27, 32]);
  expect(bytes(second).subarray(0, 27)).toEqual(bytes(first));
});

test('a block tells how long after the beginning the answer was written', () => {
  const began = (0x01n << 56n) | (BigInt(bytes(outlooks).readUIntBE(1, 5)) << 16n);
  const passed = 116_444_736_000_000_000n + BigInt(at.getTime()) * 10_000n - began;
  expect(bytes(answeringIndex(outlooks, 'root@x', at)).readUInt32BE(22)).toBe(Number(passed >> 18n));
  const late = answeringIndex(outlooks, 'root@x', new Date('2030-03-02T11:00:00Z'));
  expect(bytes(late).readUInt32BE(22) >>> 31).toBe(1);
});

test('where the thread has none, all our answers in it begin alike, and those in another thread differently', () => {
  const [one, two, other] = [
    answeringIndex(null, 'root@x', at),
    answeringIndex(null, 'root@x', new Date()),
    answeringIndex(null, 'b@x', at),
  ];
  expect(bytes(one)).toHaveLength(22);
  expect(bytes(one)[0]).toBe(1);
  expect(two).toBe(one);
  expect(other).not.toBe(one);
});

test.each(['', 'junk', Buffer.alloc(24).toString('base64'), Buffer.alloc(5000).toString('base64')])(
  'one that is none is not gone on with: %.20s',
  (index) => {
    expect(answeringIndex(index, 'root@x', at)).toBe(answeringIndex(null, 'root@x', at));
  },
);
