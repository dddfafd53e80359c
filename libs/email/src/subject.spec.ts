import { baseSubject, saysForward, saysReply } from './subject.js';

test.each([
  ['Re: Your lamp', 'your lamp'],
  ['RE: re: Fwd: Your  lamp', 'your lamp'],
  ['AW: WG: Your lamp', 'your lamp'],
  ['Re[2]: Your lamp', 'your lamp'],
  ['Re(3): Your lamp', 'your lamp'],
  ['回复：Your lamp', 'your lamp'],
  ['RE：返信: Your lamp', 'your lamp'],
  ['SV: VS: Antw: Odp: Your lamp', 'your lamp'],
  ['RÉF : TR : Your lamp', 'your lamp'],
  ['Ответ: Your lamp', 'your lamp'],
  ['[EXTERNAL] Re: [shop-list] Your lamp', 'your lamp'],
  ['【外部】Re: Your lamp', 'your lamp'],
  ['Your lamp (fwd)', 'your lamp'],
  ['[EXTERNAL]', '[external]'],
  ['Re:', ''],
  [null, ''],
  ['Regarding: Your lamp', 'regarding: your lamp'],
  ['Reply: to me', 'reply: to me'],
  ['I need a lamp', 'i need a lamp'],
  ['Order 12: broken', 'order 12: broken'],
])('the base subject of %p is %p', (subject, base) => {
  expect(baseSubject(subject)).toBe(base);
});

test('a reply and a forward are told apart, behind tags too', () => {
  expect(['AW: x', '[EXT] Re: x', 'Rv: x', '答复: x'].map(saysReply)).toEqual([true, true, true, true]);
  expect(['x', 'Fwd: x', 'Really: x'].map(saysReply)).toEqual([false, false, false]);
  expect(['Fwd: x', 'WG: x', '[EXT] TR: x', '转发: x', 'x (fwd)'].map(saysForward)).toEqual([true, true, true, true, true]);
  expect(['x', 'Re: x', 'Forward march'].map(saysForward)).toEqual([false, false, false]);
});

test('a subject of nothing but prefixes costs no time', () => {
  const started = performance.now();
  baseSubject('re: '.repeat(50_000));
  baseSubject('['.repeat(50_000));
  expect(performance.now() - started).toBeLessThan(500);
});
