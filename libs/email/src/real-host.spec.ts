import { sanitizeIncoming } from './html.js';

test.each([
  ['https://www.bank.example/login', 'https://evil.example/x'],
  ['www.bank.example', 'https://evil.example/'],
  ['bank.example', 'http://evil.example:8080/bank.example'],
  ['<b>bank</b>.example', 'https://bank.example.evil.example/'.replace('bank.example.', '')],
  ['Sign in at https://bank.example now', 'https://evil.example/'],
  ['https://bank.example', 'https://bank.example@evil.example/'],
  ['service@bank.example', 'mailto:thief@evil.example'],
])('a link that says %s but leads to %s says so', (words, href) => {
  expect(sanitizeIncoming(`<a href="${href}">${words}</a>`)).toMatch(/ \[evil\.example\]<\/a>$/);
});

test.each([
  ['our page', 'https://evil.example/'],
  ['https://www.shop.example/a', 'https://shop.example/b'],
  ['shop.example', 'https://www.shop.example/'],
  ['SHOP.example', 'http://shop.example'],
  ['Thanks.See you', 'https://shop.example'],
  ['maya@shop.example', 'mailto:maya@shop.example'],
  ['+46 1 23', 'tel:+46123'],
  ['münchen.example', 'https://xn--mnchen-3ya.example/'],
])('a link that says %s and leads to %s is left as it is', (words, href) => {
  expect(sanitizeIncoming(`<a href="${href}">${words}</a>`)).toContain(`>${words}</a>`);
});

test('a name that looks like another is shown as what it is', () => {
  expect(sanitizeIncoming('<a href="https://b\u0430nk.example/">https://bank.example</a>')).toContain('[xn--bnk-6cd.example]');
});

test('it is said once, also when the HTML is sanitised again', () => {
  const once = sanitizeIncoming('<a href="https://evil.example/">https://bank.example</a>');
  expect(sanitizeIncoming(once)).toBe(once);
});
