import { textToHtml } from './text-html.js';

test('text becomes paragraphs, lines and links, and nothing in it becomes an element', () => {
  expect(textToHtml('Hi <b>Maya</b>,\nsee https://lamps.test/a?b=1&c=2.\r\n\r\n\r\nOr write to help@lamps.test')).toBe(
    '<p>Hi &lt;b&gt;Maya&lt;/b&gt;,<br>\nsee <a href="https://lamps.test/a?b=1&amp;c=2">https://lamps.test/a?b=1&amp;c=2</a>.</p>\n' +
      '<p>Or write to <a href="mailto:help@lamps.test">help@lamps.test</a></p>',
  );
});

test.each(['javascript:alert(1)', 'https://a.test/"onmouseover="x', "https://a.test/'><script>"])(
  'no link carries more than an address: %s',
  (text) => {
    expect(textToHtml(text)).not.toMatch(/<script|"onmouseover|href="javascript/);
  },
);

test('spaces at the start of a line and between columns stay', () => {
  expect(textToHtml('a\n  b   c')).toBe('<p>a<br>\n&nbsp;&nbsp;b&nbsp;&nbsp;&nbsp;c</p>');
});
