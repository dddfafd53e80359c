import { quoteOf } from './quote.js';

const sentAt = new Date('2026-03-02T10:05:00Z');
const mail = { author: 'Maya Lind', sentAt, text: 'Where is it?\n\nMaya', html: null };

test('the mail answered stands below with who wrote it and when', () => {
  expect(quoteOf(mail)).toEqual({
    text: 'On 2 March 2026 at 10:05 UTC, Maya Lind wrote:\n> Where is it?\n>\n> Maya',
    html: expect.stringMatching(
      /^<div data-quote-root><p>On 2 March 2026.*<blockquote type="cite".*<p>Where is it\?<\/p>\n<p>Maya<\/p><\/blockquote><\/div>$/s,
    ),
  });
  expect(quoteOf(null)).toBeNull();
  expect(quoteOf({ ...mail, text: '> only what we said' })).toBeNull();
});

test('its formatting is kept, its pictures and what it quoted itself are not', () => {
  const html =
    '<p><b>Where</b> is it?</p><p>Maya<img src="cid:logo"><img data-blocked-src="https://t.test/p.gif"></p>' +
    '<blockquote class="quoted-history">We ship tomorrow</blockquote>';
  const quote = quoteOf({ ...mail, html })!;
  expect(quote.html).toContain('<b>Where</b> is it?');
  expect(quote.html).not.toMatch(/img|tomorrow/);
});

test('of a mail whose history nobody marked only the new words are quoted', () => {
  const html = `<p>Where is it?</p><p>Maya</p><hr><p>From: Shop<br>Subject: Lamp</p><p>${'We ship tomorrow. '.repeat(20)}</p>`;
  expect(quoteOf({ ...mail, html })!.html).toContain('<p>Where is it?</p>\n<p>Maya</p></blockquote>');
});

test('a thread grows by its mails, not by their product', () => {
  let text = 'Question 0';
  const sizes: number[] = [];
  for (let turn = 1; turn < 12; turn++) {
    // A program that quotes everything below, and a reader that took it all for the answer.
    text = `Answer ${turn}\n\n${quoteOf({ ...mail, text })!.text}`;
    sizes.push(text.length);
  }
  expect(Math.max(...sizes)).toBeLessThan(2 * sizes[0]! + 100);
});

test('a very long mail is cut', () => {
  const quote = quoteOf({ ...mail, text: 'word '.repeat(20_000), html: `<p>${'word '.repeat(20_000)}</p>` })!;
  expect(quote.text.length).toBeLessThan(10_200);
  expect(quote.html.length).toBeLessThan(11_000);
  expect(quote.text).toMatch(/\[…\]$/);
});

test('an author’s name cannot become HTML or a second line', () => {
  const quote = quoteOf({ ...mail, author: '<img src=x onerror=y>\r\nBcc: a@b.c' })!;
  expect(quote.html).not.toContain('<img');
  expect(quote.text.split('\n')[0]).toMatch(/^On .* Bcc: a@b\.c wrote:$/);
});
