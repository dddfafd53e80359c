import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { understand } from './understand.js';

const fixtures = new URL('fixtures/reply/', import.meta.url);
const spool = mkdtempSync(join(tmpdir(), 'tributary-replies-'));
afterAll(() => rmSync(spool, { recursive: true }));

const read = (name: string) => understand(readFileSync(new URL(`${name}.eml`, fixtures)), new Date('2026-03-02T09:30:00Z'), spool);
const wordsOf = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '');

/** By mail program: fixture, and what its writer said. */
const mails: Record<string, Record<string, string>> = {
  Gmail: {
    'gmail-english': 'Yes please, the brass one.',
    'gmail-german': 'Ja, die aus Messing bitte.',
    'gmail-french': "Oui, celle en laiton s'il vous plaît.",
    'gmail-spanish': 'Sí, la de latón, por favor.',
    'gmail-italian': 'Sì, quella in ottone per favore.',
    'gmail-portuguese': 'Sim, o de latão, por favor.',
    'gmail-dutch': 'Ja, die van messing graag.',
    'gmail-polish': 'Tak, poproszę mosiężną.',
    'gmail-swedish': 'Ja tack, den i mässing.',
    'gmail-danish': 'Ja tak, den i messing.',
    'gmail-norwegian': 'Ja takk, den i messing.',
    'gmail-finnish': 'Kyllä kiitos, se messinkinen.',
    'gmail-czech': 'Ano, tu mosaznou prosím.',
    'gmail-russian': 'Да, латунную, пожалуйста.',
    'gmail-ukrainian': 'Так, латунну, будь ласка.',
    'gmail-turkish': 'Evet, pirinç olanı lütfen.',
    'gmail-japanese': 'はい、真鍮のものをお願いします。',
    'gmail-chinese': '好的，请寄黄铜的那款。',
    'gmail-korean': '네, 황동으로 부탁드립니다.',
    'gmail-vietnamese': 'Vâng, cho tôi cái bằng đồng.',
    'gmail-quote-in-a-language-nobody-taught-us': 'Yes please, the brass one.',
    'gmail-signature': 'Yes please, the brass one.',
    'gmail-attribution-over-three-lines': 'Yes please, the brass one.',
    'gmail-hebrew': 'כן, את זו מפליז בבקשה.',
  },
  'Outlook on the desk': {
    'outlook-desktop-english': 'Yes please, the brass one.',
    'outlook-desktop-german': 'Ja, die aus Messing bitte.',
    'outlook-desktop-french': "Oui, celle en laiton s'il vous plaît.",
    'outlook-desktop-spanish': 'Sí, la de latón, por favor.',
    'outlook-desktop-italian': 'Sì, quella in ottone per favore.',
    'outlook-desktop-portuguese': 'Sim, o de latão, por favor.',
    'outlook-desktop-dutch': 'Ja, die van messing graag.',
    'outlook-desktop-polish': 'Tak, poproszę mosiężną.',
    'outlook-desktop-swedish': 'Ja tack, den i mässing.',
    'outlook-desktop-danish': 'Ja tak, den i messing.',
    'outlook-desktop-norwegian': 'Ja takk, den i messing.',
    'outlook-desktop-finnish': 'Kyllä kiitos, se messinkinen.',
    'outlook-desktop-czech': 'Ano, tu mosaznou prosím.',
    'outlook-desktop-russian': 'Да, латунную, пожалуйста.',
    'outlook-desktop-ukrainian': 'Так, латунну, будь ласка.',
    'outlook-desktop-turkish': 'Evet, pirinç olanı lütfen.',
    'outlook-desktop-japanese': 'はい、真鍮のものをお願いします。',
    'outlook-desktop-chinese': '好的，请寄黄铜的那款。',
    'outlook-desktop-korean': '네, 황동으로 부탁드립니다.',
    'outlook-desktop-vietnamese': 'Vâng, cho tôi cái bằng đồng.',
    'outlook-desktop-hungarian': 'Igen, a rézből készültet kérem.',
    'outlook-desktop-slovenian': 'Da, medeninasto prosim.',
    'outlook-2003': 'Yes please, the brass one.',
  },
  'Outlook as text': {
    'outlook-text-english': 'Yes please, the brass one.',
    'outlook-text-german': 'Ja, die aus Messing bitte.',
    'outlook-text-french': "Oui, celle en laiton s'il vous plaît.",
    'outlook-text-spanish': 'Sí, la de latón, por favor.',
    'outlook-text-danish': 'Ja tak, den i messing.',
    'outlook-text-finnish': 'Kyllä kiitos, se messinkinen.',
    'outlook-text-japanese': 'はい、真鍮のものをお願いします。',
    'outlook-text-chinese': '好的，请寄黄铜的那款。',
    'outlook-bold-stars': 'Yes please, the brass one.',
  },
  'Outlook on the web and phone': {
    'outlook-web': 'Yes please, the brass one.',
    'outlook-web-quoted-again': 'Yes please, the brass one.',
    'outlook-web-signature': 'Yes please, the brass one.',
    'outlook-mobile': 'Yes please, the brass one.',
    'outlook-mobile-text': 'Yes please, the brass one.',
    'outlook-mac': 'Yes please, the brass one.',
    'hotmail-date-first': 'Yes please, the brass one.',
    'outlook-mobile-signature-japanese': 'はい、真鍮のものをお願いします。',
    'outlook-mobile-signature-korean': '네, 황동으로 부탁드립니다.',
    'outlook-mobile-signature-turkish': 'Evet, pirinç olanı lütfen.',
    'outlook-mobile-signature-german': 'Ja, die aus Messing bitte.',
    'outlook-mobile-signature-dutch': 'Ja, die van messing graag.',
    'outlook-mobile-signature-polish': 'Tak, poproszę mosiężną.',
    'outlook-mobile-signature-spanish': 'Sí, la de latón, por favor.',
    'outlook-mobile-signature-portuguese': 'Sim, o de latão, por favor.',
    'outlook-mobile-signature-french': "Oui, celle en laiton s'il vous plaît.",
  },
  Apple: {
    'apple-mail-english': 'Yes please, the brass one.',
    'iphone-german': 'Ja, die aus Messing bitte.',
    'apple-mail-french': "Oui, celle en laiton s'il vous plaît.",
    'iphone-spanish': 'Sí, la de latón, por favor.',
    'apple-mail-italian': 'Sì, quella in ottone per favore.',
    'iphone-portuguese': 'Sim, o de latão, por favor.',
    'apple-mail-dutch': 'Ja, die van messing graag.',
    'iphone-polish': 'Tak, poproszę mosiężną.',
    'apple-mail-finnish': 'Kyllä kiitos, se messinkinen.',
    'iphone-czech': 'Ano, tu mosaznou prosím.',
    'apple-mail-turkish': 'Evet, pirinç olanı lütfen.',
    'iphone-japanese': 'はい、真鍮のものをお願いします。',
    'apple-mail-chinese': '好的，请寄黄铜的那款。',
    'iphone-korean': '네, 황동으로 부탁드립니다.',
    'iphone-signature-swedish': 'Ja tack, den i mässing.',
    'iphone-signature-danish': 'Ja tak, den i messing.',
    'iphone-signature-norwegian': 'Ja takk, den i messing.',
    'iphone-signature-russian': 'Да, латунную, пожалуйста.',
    'iphone-signature-ukrainian': 'Так, латунну, будь ласка.',
    'iphone-signature-vietnamese': 'Vâng, cho tôi cái bằng đồng.',
  },
  Thunderbird: {
    'thunderbird-english': 'Yes please, the brass one.',
    'thunderbird-german': 'Ja, die aus Messing bitte.',
    'thunderbird-french': "Oui, celle en laiton s'il vous plaît.",
    'thunderbird-polish': 'Tak, poproszę mosiężną.',
    'thunderbird-czech': 'Ano, tu mosaznou prosím.',
    'thunderbird-russian': 'Да, латунную, пожалуйста.',
    'thunderbird-korean': '네, 황동으로 부탁드립니다.',
    'thunderbird-finnish': 'Kyllä kiitos, se messinkinen.',
    'thunderbird-turkish': 'Evet, pirinç olanı lütfen.',
    'thunderbird-bottom-posted': 'Yes please, the brass one.',
    'thunderbird-bottom-posted-html': 'Yes please, the brass one.',
  },
  'Answers between quotes': {
    'thunderbird-answers-between':
      'On 02/03/2026 09:12, Harbour Lamps wrote:\n> Which one would you like?\n\nThe brass one.\n\n> And when?\n\nIn May.',
    'gmail-answers-between':
      'See below.\n\nOn Mon, Mar 2, 2026 at 9:12 AM Harbour Lamps <shop@harbourlamps.test> wrote:\n\n> Which one would you like?\n\nThe brass one.\n\n> And when?\n\nIn May.',
  },
  Yahoo: {
    yahoo: 'Yes please, the brass one.',
    'yahoo-arabic': 'Yes please, the brass one.',
    'yahoo-text': 'Yes please, the brass one.',
    'yahoo-text-android': 'Yes please, the brass one.',
  },
  ProtonMail: {
    protonmail: 'Yes please, the brass one.',
    'protonmail-text': 'Yes please, the brass one.',
  },
  Zoho: {
    zoho: 'Yes please, the brass one.',
    'zoho-text': 'Yes please, the brass one.',
  },
  Samsung: {
    'samsung-english': 'Yes please, the brass one.',
    'samsung-german': 'Ja, die aus Messing bitte.',
    'samsung-french': "Oui, celle en laiton s'il vous plaît.",
    'samsung-polish': 'Tak, poproszę mosiężną.',
    'samsung-signature-russian': 'Да, латунную, пожалуйста.',
    'samsung-signature-turkish': 'Evet, pirinç olanı lütfen.',
    'samsung-signature-czech': 'Ano, tu mosaznou prosím.',
    'samsung-signature-italian': 'Sì, quella in ottone per favore.',
    'samsung-signature-korean': '네, 황동으로 부탁드립니다.',
  },
  BlackBerry: {
    'blackberry-10': 'Yes please, the brass one.',
    'blackberry-10-html': 'Yes please, the brass one.',
    'blackberry-classic': 'Yes please, the brass one.',
  },
  Others: {
    'gmx-german': 'Ja, die aus Messing bitte.',
    'qq-chinese': '好的，请寄黄铜的那款。',
    'netease-163-chinese': '好的，请寄黄铜的那款。',
    'mail-ru-russian': 'Да, латунную, пожалуйста.',
    'yandex-russian': 'Да, латунную, пожалуйста.',
    'zimbra-czech': 'Ano, tu mosaznou prosím.',
    'our-own-quote': 'Yes please, the brass one.',
    'reply-above-this-line': 'Yes please, the brass one.',
    'wrapped-quote-lines': 'Yes please, the brass one.',
    'mailing-list-footer': 'Yes please, the brass one.',
    'qq-mobile': '好的，请寄黄铜的那款。',
  },
  Banners: {
    'external-banner': 'Yes please, the brass one.',
    'external-banner-html': 'Yes please, the brass one.',
    'signature-with-disclaimer': 'Ja, die aus Messing bitte.',
    front: 'Yes please, the brass one.',
    'external-tag': 'Yes please, the brass one.',
  },
  'Nothing to cut': {
    'from-paris-to-rome':
      'I would like to travel:\n\nFrom: Paris to Rome\nDate: 3 March\nTo be back by: 9 March\n\nFrom: Paris\nTo: Rome\nDate: 3 March\n\nPlease offer me a lamp for the journey.',
    'she-wrote-in-running-text':
      'My mother is not happy.\n\nOn Monday, she wrote:\nthe lamp flickers.\n\nOn Tuesday 3 March she wrote:\nit is dark now.\n\nWhat shall I tell her?',
    'prompt-and-numbered-list':
      'I did what you said:\n\n1. open the box\n2. type this\n\n> lamp --on\nError: no bulb\n\n3. nothing happens\n\nWhat now?',
    'code-with-dashes':
      'The query that fails:\n\nSELECT *\n-- the lamp\nFROM lamps;\n\n-- \nno rows\n\nand a second one, which is much longer than a signature would ever be, written in one paragraph:\n\nline 0 of the log that the lamp wrote\nline 1 of the log that the lamp wrote\nline 2 of the log that the lamp wrote\nline 3 of the log that the lamp wrote\nline 4 of the log that the lamp wrote\nline 5 of the log that the lamp wrote\nline 6 of the log that the lamp wrote\nline 7 of the log that the lamp wrote\nline 8 of the log that the lamp wrote\nline 9 of the log that the lamp wrote\nline 10 of the log that the lamp wrote\nline 11 of the log that the lamp wrote\nline 12 of the log that the lamp wrote\nline 13 of the log that the lamp wrote\nline 14 of the log that the lamp wrote\nline 15 of the log that the lamp wrote\nline 16 of the log that the lamp wrote\nline 17 of the log that the lamp wrote\nline 18 of the log that the lamp wrote\nline 19 of the log that the lamp wrote',
    poem: 'Roses are red,\n  violets are blue,\nlamps that you sell me\n  light the night through.\n\n*\n\nFrom dusk until dawn\n  to you I say: on.',
    'sent-from-my-iphone-mid-text':
      'Sent from my iPhone is what stands below all my mails now.\n\nSent from my iPhone\n\nHow do I get rid of it? I have tried the settings, and the switch, and then the other switch.',
    'gmail-forward':
      'Please have a look.\n\n---------- Forwarded message ---------\nFrom: Anna <anna@example.com>\nDate: Mon, Mar 2, 2026 at 9:12 AM\nSubject: Broken lamp\nTo: Maya <maya@example.com>\n\nThe lamp came broken.\n\n-- \nAnna',
    'gmail-forward-html':
      'Please have a look.\n\n---------- Forwarded message ---------\nFrom: Anna <anna@example.com>\nDate: Mon, Mar 2, 2026 at 9:12 AM\nSubject: Broken lamp\nTo: Maya\n\nThe lamp came broken.',
    'outlook-forward':
      'Please have a look.\n\nFrom: Anna <anna@example.com>\nSent: Monday, March 2, 2026 9:12 AM\nTo: Maya <maya@example.com>\nSubject: Broken lamp\n\nThe lamp came broken.',
    'outlook-forward-german-html':
      'Bitte ansehen.\n\nVon: Anna <anna@example.com>\nGesendet: Montag, 2. März 2026 09:12\nAn: Maya\nBetreff: Lampe kaputt\n\nDie Lampe ist kaputt.',
    'apple-forward':
      'Begin forwarded message:\n\nFrom: Anna <anna@example.com>\nSubject: Broken lamp\nDate: 2 March 2026 at 09:12:00 CET\nTo: maya@example.com\n\nThe lamp came broken.',
    'apple-forward-quoted':
      'See this.\n\n> Anfang der weitergeleiteten Nachricht:\n>\n> Von: Anna <anna@example.com>\n> Betreff: Lampe\n> Datum: 2. März 2026\n> An: maya@example.com\n>\n> Kaputt.',
    'all-quote': '> Which one would you like?\n> Kind regards',
    'only-a-signature-and-a-quote': 'Sent from my iPhone',
    'indented-by-web-mail': 'My address:\nNorth Street 4\nUppsala',
    'signature-line-with-border': 'We take six.\n\nAnd please: the long cable.',
    'one-character': '好',
    'answers-below-in-a-quote-of-one-line': '> Which one would you like?\nThe brass one.\n> And when?\nIn May.',
    'turkish-parcel-was-sent': 'Paket dün gelmedi.\n\nPaket dün İstanbul’dan gönderildi.',
    'sent-from-malmo': 'Lampan kom inte.\n\nSkickat från Malmö i måndags',
    'outlook-answers-in-red':
      'Please see my answers in red below.\n\nFrom: Harbour Lamps <shop@harbourlamps.test>\nSent: Monday, March 2, 2026 9:12 AM\nTo: Maya\nSubject: Your lamp\n\nWhich one would you like?\nThe brass one.\nAnd when?\nIn May.',
    'contact-form-with-from-and-subject':
      'Somebody filled in the form.\n\nFrom: Vi Sitor <visitor@example.org>\nSubject: Warranty\nDate: 2 March 2026\n\nMy lamp broke after two weeks.',
    'two-dashes-between-two-thoughts': 'The red one hangs in the hall.\n\n--\nThe same happens with the blue one.\n\nMaya',
    dialogue:
      'He: "On 2 March at nine you wrote that it would come."\n\nShe wrote on the parcel: 12 lamps.\n\nVon: Hamburg\nNach: Kiel\n\nAm Montag schrieb ich Ihnen: keine Antwort.\n\nLe chat, la lampe : tout va bien.',
    'markdown-rules-and-quotes':
      '# Report\n\n---\n\nYour manual says:\n\n> Press twice.\n\nI did.\n\n---\n\nSecond point:\n\n> Wait a minute.\n\nI waited an hour.',
    'blackberry-forward':
      'Please have a look.\nSent from my BlackBerry\n\n-----Original Message-----\nFrom: Anna <anna@example.com>\nDate: Mon, 2 Mar 2026 09:12:00\nTo: <maya@example.com>\nSubject: Broken lamp\n\nThe lamp came broken.\n\n> older words\n\nSent from my iPhone',
  },
};

describe.each(Object.entries(mails))('%s', (program, replies) => {
  test.each(Object.entries(replies))('%s: the new words, and nothing is lost', async (name, reply) => {
    const mail = await read(name);
    expect(mail.replyText).toBe(reply);
    if (program === 'Nothing to cut' && name !== 'only-a-signature-and-a-quote') expect(mail.quotedText).toBeNull();
    else expect(mail.quotedText).toMatch(/\S/);
    expect([...wordsOf(mail.replyText + (mail.quotedText ?? ''))].sort().join('')).toBe([...wordsOf(mail.text)].sort().join(''));
  });
});

test('every fixture is in the table', () => {
  const listed = Object.values(mails).flatMap((replies) => Object.keys(replies));
  expect(readdirSync(fixtures).sort()).toEqual(listed.map((name) => `${name}.eml`).sort());
});
