import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeOf } from './content.js';
import { understand } from './understand.js';

const receivedAt = new Date('2026-03-02T09:30:00Z');
const fixtures = new URL('fixtures/mime/', import.meta.url);

let spool: string;
beforeAll(async () => (spool = await mkdtemp(join(tmpdir(), 'spool-'))));
afterAll(() => rm(spool, { recursive: true }));

/** What a mail came to; what is as in all of them is left out. */
async function reading(name: string) {
  const mail = await understand(await readFile(new URL(`${name}.eml`, fixtures)), receivedAt, spool);
  const { subject, text, attachments, cc, replyTo, references, inReplyTo, calendar, date } = mail;
  const files = attachments.map(
    ({ filename, contentType, content, inline }) => `${filename} ${contentType} ${sizeOf(content)}${inline ? ' inline' : ''}`,
  );
  return {
    ...(subject !== 'Lamp' && { subject }),
    ...(text !== 'x' && { text }),
    ...(files.length && { files }),
    ...(cc.length && { cc }),
    ...(replyTo.length && { replyTo }),
    ...(references.length && { references, inReplyTo }),
    ...(calendar && { calendar }),
    ...(date?.toISOString() !== '2026-03-02T09:00:00.000Z' && { date }),
  };
}

const expected: Array<[string, Partial<Awaited<ReturnType<typeof reading>>>]> = [
  ['absurd-date-of-year-zero', { date: null }],
  [
    'attachments-without-names',
    {
      text: 'Hello',
      files: ['attachment-1.pdf application/pdf 4', 'attachment-2.png image/png 4', 'attachment-3.bin application/x-foo 4'],
    },
  ],
  ['base64-that-is-none', { text: 'This was never encoded, whatever it says.' }],
  ['base64-with-junk-and-footer', { text: 'Grüße aus Köln\n_______________________________________________\nLamps mailing list' }],
  ['big5-hong-kong', { text: '你好，我想買一盞燈。佢哋嘅燈' }],
  ['boundary-is-the-prefix-of-another', { text: 'Hello\nFooter' }],
  ['boundary-lines-with-trailing-spaces', { text: 'Hello', files: ['a.pdf application/pdf 4'] }],
  ['boundary-parameter-missing', { text: 'Hello', files: ['a.pdf application/pdf 4'] }],
  ['boundary-that-never-occurs', { text: 'Hello, this is all there is.' }],
  [
    'calendar-cancel',
    {
      text: 'Cancelled: Fitting the lamp, upstairs\nWhen: 2026-03-05\nWhere: Harbour 1\nOrganiser: Maya Lindqvist',
      files: ['invite.ics text/calendar 336'],
      calendar: {
        method: 'CANCEL',
        summary: 'Fitting the lamp, upstairs',
        start: '2026-03-05',
        end: null,
        location: 'Harbour 1',
        organizer: 'Maya Lindqvist',
        answer: 'NEEDS-ACTION',
      },
    },
  ],
  [
    'calendar-reply',
    {
      subject: 'Accepted: Fitting the lamp',
      text: 'Accepted: Fitting the lamp, upstairs\nWhen: 2026-03-05 14:00 (Europe/Berlin) – 2026-03-05 15:00 (Europe/Berlin)\nWhere: Harbour 1\nOrganiser: Maya Lindqvist',
      files: ['invite.ics text/calendar 386'],
      calendar: {
        method: 'REPLY',
        summary: 'Fitting the lamp, upstairs',
        start: '2026-03-05 14:00 (Europe/Berlin)',
        end: '2026-03-05 15:00 (Europe/Berlin)',
        location: 'Harbour 1',
        organizer: 'Maya Lindqvist',
        answer: 'ACCEPTED',
      },
    },
  ],
  [
    'calendar-request-twice-beside-text',
    {
      text: 'Can you come?',
      files: ['invite.ics text/calendar 392'],
      calendar: {
        method: 'REQUEST',
        summary: 'Fitting the lamp, upstairs',
        start: '2026-03-05 14:00 (Europe/Berlin)',
        end: '2026-03-05 15:00 (Europe/Berlin)',
        location: 'Harbour 1',
        organizer: 'Maya Lindqvist',
        answer: 'NEEDS-ACTION',
      },
    },
  ],
  [
    'calendar-request-without-words',
    {
      subject: 'Invitation',
      text: 'Invitation: Fitting the lamp, upstairs\nWhen: 2026-03-05 14:00 (Europe/Berlin) – 2026-03-05 15:00 (Europe/Berlin)\nWhere: Harbour 1\nOrganiser: Maya Lindqvist',
      files: ['invite.ics text/calendar 394'],
      calendar: {
        method: 'REQUEST',
        summary: 'Fitting the lamp, upstairs',
        start: '2026-03-05 14:00 (Europe/Berlin)',
        end: '2026-03-05 15:00 (Europe/Berlin)',
        location: 'Harbour 1',
        organizer: 'Maya Lindqvist',
        answer: 'NEEDS-ACTION',
      },
    },
  ],
  ['calendar-that-is-broken', { text: '', files: ['invite.ics text/calendar 25'] }],
  ['charset-1252', { text: 'Schöne Grüße – “80 €”' }],
  ['charset-foobar-latin1-bytes', { text: 'Schöne Grüße' }],
  ['charset-with-junk-inside', { text: 'Schöne Grüße' }],
  ['charset-x-unknown', { text: 'Schöne Grüße' }],
  ['closing-boundary-missing', { text: 'Hello', files: ['a.pdf application/pdf 4'] }],
  ['cp850-from-dos', { text: 'Größe' }],
  ['cut-off-in-the-middle-of-an-attachment', { text: 'Hello', files: ['a.pdf application/pdf 8'] }],
  ['date-that-is-no-date', { date: null }],
  ['date-with-two-digit-year-and-comment', {}],
  ['digest-of-mails', { text: '', files: ['One.eml message/rfc822 36', 'Two.eml message/rfc822 37'] }],
  ['eight-bit-header-in-the-charset-of-the-body', { subject: 'Моя лампа', text: 'Лампа' }],
  ['empty-content-types', { text: 'Hello\nWorld' }],
  ['empty-line-within-the-headers', { subject: 'Gap', text: 'Grüße' }],
  ['encoded-word-cut-in-a-character', { subject: 'Grüße' }],
  ['encoded-word-in-iso-2022-jp', { subject: 'ランプのこ' }],
  ['encoded-word-with-line-breaks', { subject: 'One Bcc: victim@example.org' }],
  ['encoded-word-with-raw-bytes', { subject: 'Grüße' }],
  ['encoded-word-with-spaces-inside', { subject: 'Schöne Grüße' }],
  ['encoded-word-with-wrong-padding', { subject: 'Grüße!' }],
  [
    'encoded-word-within-quotes',
    {
      subject: '"Grüße"',
      cc: [
        { name: 'Müller, Jan', address: 'jan@example.com' },
        { name: 'B, A', address: 'ba@example.com' },
      ],
    },
  ],
  ['encoded-word-without-charset', { subject: 'Grüße' }],
  ['encoded-words-without-space-between', { subject: 'Re:Grüße an Köln' }],
  ['euc-kr', { text: '안녕하세요, 똠방각하 램프' }],
  ['filename-continuations-out-of-order', { text: 'Hello', files: ['ab.pdf application/pdf 4'] }],
  ['filename-in-both-forms', { text: 'Hello', files: ['Grüße.pdf application/pdf 4'] }],
  ['filename-in-continuations-rfc2231', { text: 'Hello', files: ['Rächnung für Maerz.pdf application/pdf 4'] }],
  ['filename-in-raw-latin1', { text: 'Hello', files: ['Grüße.pdf application/pdf 4'] }],
  ['filename-only-in-content-type', { text: 'Hello', files: ['Grüße.pdf application/pdf 4'] }],
  ['filename-rfc2231-holding-rfc2047', { text: 'Hello', files: ['Grüße.pdf application/pdf 4'] }],
  [
    'filename-that-is-a-path-or-a-trick',
    {
      text: 'Hello',
      files: [
        'passwd application/pdf 4',
        'invoicefdp.exe application/pdf 4',
        'htaccess application/pdf 4',
        'con.txt application/pdf 4',
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pdf application/pdf 4',
      ],
    },
  ],
  ['filename-us-ascii-with-utf-8-percents', { text: 'Hello', files: ['Grüße.pdf application/pdf 4'] }],
  ['filename-with-encoded-words', { text: 'Hello', files: ['Grüße aus Köln.pdf application/pdf 4'] }],
  ['filename-without-quotes-and-with-spaces', { text: 'Hello', files: ['My lamp bill.pdf application/pdf 4'] }],
  ['folded-parameter-without-its-space', { subject: 'Fold', text: 'Hello', files: ['a.csv text/csv 3'] }],
  ['format-flowed-delsp', { text: 'ランプをください' }],
  ['format-flowed', { text: 'This is one paragraph of three lines.\n\n> quoted words\n>> deeper\nFrom stuffed\n-- \nMaya' }],
  ['forwarded-mail-inline', { text: 'Hello', files: ['Alte Grüße.eml message/rfc822 165'] }],
  ['garbage-before-the-headers', { subject: 'Garbage', text: 'Hello' }],
  ['gb18030-labelled-gb2312', { text: '请问这盏灯多少钱？镕喆㐀' }],
  ['gbk-in-quoted-printable', { text: '灯坏了' }],
  ['paragraphs-of-a-space-only', { text: 'Hello,\n\nit is dark.' }],
  ['text-that-only-excuses-itself', { text: 'Your parcel is on its way.' }],
  ['html-only', { text: 'Order\n\nOne\nTwo lamps\n\nBrass\n80 €\n\nSee here (https://example.com/x)' }],
  ['html-with-charset-in-meta-only', { text: 'Где моя лампа?' }],
  ['html-without-content-type-in-broken-multipart', { text: 'Hello there' }],
  [
    'inline-and-attached-by-reference',
    { text: 'Look', files: ['lamp.png image/png 16 inline', 'attachment-2.png image/png 16 inline', 'lost.png image/png 16'] },
  ],
  ['inner-closing-boundary-missing', { text: 'Hello', files: ['a.pdf application/pdf 4'] }],
  ['iso-2022-jp-without-label-half-width-kana', { text: 'アイｱﾎﾔ①' }],
  ['iso-8859-15-euro', { text: '80 €, œuvre' }],
  ['koi8-r', { subject: 'Где лампа?', text: 'Здравствуйте, где моя лампа?' }],
  ['latin1-label-on-utf-8-bytes', { text: 'Schöne Grüße – „Lampe“' }],
  ['line-ends-of-a-lone-cr', { subject: 'Old Mac', text: 'One\nTwo' }],
  ['nested-parts-with-lying-charsets', { text: 'Schöne Grüße aus Köln' }],
  ['newsletter-for-amp', { text: 'Hello' }],
  ['nul-bytes-in-text', { text: 'nulhere' }],
  ['part-without-headers', { text: 'Hello\nAnd this has none either' }],
  [
    'pgp-encrypted-within-text',
    {
      text: 'Hello Ann,\n\n[This mail is encrypted: whoever holds the key can open the attached file.]',
      files: ['encrypted.asc application/pgp-encrypted 88'],
    },
  ],
  [
    'pgp-encrypted',
    {
      subject: '...',
      text: '[This mail is encrypted: whoever holds the key can open the attached file.]',
      files: ['attachment-1.bin application/pgp-encrypted 10', 'encrypted.asc application/octet-stream 93'],
    },
  ],
  ['pgp-signed-within-text', { text: 'Please send the brass one.\n- Maya\n\n[This mail is signed, not verified.]' }],
  ['quoted-printable-junk', { text: '50=% off, ü and =ZZ, soft break, end' }],
  [
    'references-with-commas-and-comments',
    { subject: 'Re: Lamp', text: 'Hello', references: ['1@x.org', '2@x.org', '3@x.org'], inReplyTo: ['a@x.org'] },
  ],
  ['same-boundary-twice', { text: 'Hello\nFooter' }],
  ['several-texts-and-pages-in-mixed', { text: 'First\n\nSecond\n\nThird' }],
  ['shift-jis-with-nec-row-13', { text: 'ランプ①と②をください。ｱｲ' }],
  [
    'smime-encrypted',
    {
      subject: 'Secret',
      text: '[This mail is encrypted: whoever holds the key can open the attached file.]',
      files: ['smime.p7m application/pkcs7-mime 20'],
    },
  ],
  [
    'smime-signed-opaque-in-pieces',
    {
      subject: 'Signed',
      text: 'Schöne Grüße\n\n[This mail is signed, not verified.]',
      files: ['a.pdf application/pdf 4', 'smime.p7m application/pkcs7-mime 908'],
    },
  ],
  [
    'smime-signed-opaque',
    {
      subject: 'Signed',
      text: 'Schöne Grüße\n\n[This mail is signed, not verified.]',
      files: ['a.pdf application/pdf 4', 'smime.p7m application/pkcs7-mime 904'],
    },
  ],
  [
    'smime-signed',
    {
      subject: 'Signed',
      text: 'Please send the brass one.\n\n[This mail is signed, not verified.]',
      files: ['smime.p7s application/pkcs7-signature 9'],
    },
  ],
  ['text-attached-as-a-file', { text: '', files: ['list.txt text/plain 8'] }],
  ['tnef-winmail-dat-cut-short', { text: 'See attached.', files: ['winmail.dat application/ms-tnef 200'] }],
  [
    'tnef-winmail-dat',
    { text: 'The words inside: Grüße.', files: ['Rechnung für Mai.pdf application/pdf 16', 'photo.jpg application/octet-stream 10'] },
  ],
  ['transfer-encodings-nobody-defined', { text: 'Grüße\naus Köln\nüber' }],
  [
    'unquoted-comma-in-a-name',
    { cc: [{ name: 'Lindqvist, Maya', address: 'maya2@example.com' }], replyTo: [{ name: 'Foo', address: 'foo@example.com' }] },
  ],
  ['us-ascii-with-utf-8-bytes', { text: 'Schöne Grüße 灯' }],
  ['utf-16-with-bom', { text: 'Grüße 灯' }],
  ['utf-7-body-and-subject', { subject: 'Rechnung für März', text: 'Hi Mom ☺-é 1 + 1' }],
  ['utf-8-label-on-latin1-bytes', { text: 'Schöne Grüße aus Köln' }],
  ['utf-8-with-bom', { text: 'Grüße' }],
  ['uuencode-as-transfer-encoding', { text: 'Hello', files: ['note.txt text/plain 3'] }],
  ['uuencode-in-text', { text: 'See the file.\n\nBye', files: ['note.txt text/plain 65'] }],
  ['windows-1250-polish', { text: 'Zażółć gęślą jaźń' }],
  [
    'windows-1251-without-label',
    { text: 'Здравствуйте, подскажите пожалуйста, когда будет доставлен мой заказ? Спасибо большое за ответ, с уважением, Ольга' },
  ],
  ['windows-1253-greek', { text: 'Πού είναι η λάμπα μου;' }],
  ['windows-1255-hebrew', { text: 'איפה המנורה שלי' }],
  ['windows-1256-arabic', { text: 'أين المصباح؟' }],
];

test.each(expected)('%s', async (name, what) => {
  expect(await reading(name)).toEqual(what);
});

test('every odd mail has its line above', async () => {
  const names = (await readdir(fixtures)).map((file) => file.replace(/\.eml$/, ''));
  expect(expected.map(([name]) => name).toSorted()).toEqual(names.toSorted());
});
