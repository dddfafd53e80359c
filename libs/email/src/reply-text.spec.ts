import { replyText } from './reply-text.js';

const history = '> What colour would you like?\n> Ann';

test.each([
  ['Gmail, English', `Blue.\n\nOn Mon, Mar 2, 2026 at 9:12 AM Harbour Lamps <shop@harbourlamps.test>\nwrote:\n\n${history}`],
  ['Gmail, German', `Blue.\n\nAm Mo., 2. März 2026 um 09:12 Uhr schrieb Harbour Lamps <\nshop@harbourlamps.test>:\n\n${history}`],
  ['Gmail, French', `Blue.\n\nLe lun. 2 mars 2026 à 09:12, Harbour Lamps <shop@harbourlamps.test> a\nécrit :\n\n${history}`],
  ['Gmail, Spanish', `Blue.\n\nEl lun, 2 mar 2026 a las 9:12, Harbour Lamps (<shop@harbourlamps.test>)\nescribió:\n\n${history}`],
  ['Gmail, Portuguese', `Blue.\n\nEm seg., 2 de mar. de 2026 às 09:12, Harbour Lamps <shop@harbourlamps.test>\nescreveu:\n\n${history}`],
  ['Gmail, Italian', `Blue.\n\nIl giorno lun 2 mar 2026 alle ore 09:12 Harbour Lamps <shop@harbourlamps.test> ha scritto:\n\n${history}`],
  ['Gmail, Dutch', `Blue.\n\nOp ma 2 mrt 2026 om 09:12 schreef Harbour Lamps <shop@harbourlamps.test>:\n\n${history}`],
  ['Gmail, Polish', `Blue.\n\npon., 2 mar 2026 o 09:12 Harbour Lamps <shop@harbourlamps.test>\nnapisał(a):\n\n${history}`],
  ['Gmail, Swedish', `Blue.\n\nDen mån 2 mars 2026 kl 09:12 skrev Harbour Lamps <shop@harbourlamps.test>:\n\n${history}`],
  ['Gmail, Russian', `Blue.\n\nпн, 2 мар. 2026 г. в 09:12, Harbour Lamps <shop@harbourlamps.test>:\n\n${history}`],
  ['Apple Mail', `Blue.\n\n> On 2 Mar 2026, at 09:12, Harbour Lamps <shop@harbourlamps.test> wrote:\n> \n${history}`],
  [
    'Outlook',
    'Blue.\n\nFrom: Harbour Lamps <shop@harbourlamps.test>\nSent: Monday, March 2, 2026 9:12 AM\nTo: Maya\nSubject: Lamp\n\nWhat colour?',
  ],
  ['Outlook with a rule', `Blue.\n\n${'_'.repeat(32)}\nFrom: Harbour Lamps\nSent: Monday\nTo: Maya\nSubject: Lamp\n\nWhat colour?`],
  ['Outlook, German', 'Blue.\n\nVon: Harbour Lamps\nGesendet: Montag, 2. März 2026 09:12\nAn: Maya\nBetreff: Lampe\n\nWelche Farbe?'],
  ['Outlook, French', 'Blue.\n\nDe : Harbour Lamps\nEnvoyé : lundi 2 mars 2026 09:12\nÀ : Maya\nObjet : Lampe\n\nQuelle couleur ?'],
  ['old Outlook', 'Blue.\n\n-----Original Message-----\nFrom: Ann\nSubject: Lamp\n\nWhat colour?'],
  ['old Outlook, Spanish', 'Blue.\n\n-----Mensaje original-----\nDe: Ann\nAsunto: Lamp\n\n¿Qué color?'],
  ['an iPhone', `Blue.\n\nSent from my iPhone\n\n> On 2 Mar 2026, at 09:12, Ann wrote:\n> \n${history}`],
  ['a signature', 'Blue.\n\n-- \nMaya Lindqvist\nNorth Street 4'],
  ['Thunderbird, answered below', `Am 02.03.2026 um 09:12 schrieb Ann:\n${history}\n\nBlue.\n\n-- \nJürgen`],
])('%s: only the new words', (_client, text) => {
  const { reply, quoted } = replyText(text);
  expect(reply).toBe('Blue.');
  expect(quoted).toMatch(/\S/);
});

test('answers between quoted lines stay with what they answer', () => {
  const text =
    'See below.\n\nOn Mon, Mar 2, 2026, Ann wrote:\n> Colour?\n\nBlue.\n\n> Size?\n\nSmall, and one more line\nso that it is clear.';
  expect(replyText(text).reply).toBe(text);
});

test('a mail that is all quote is shown whole', () => {
  expect(replyText(history).reply).toBe(history);
  expect(replyText('').reply).toBe('');
});

test('ordinary sentences are not taken for quotes', () => {
  const text = 'From: Paris\nwith love.\n\nOn Monday we wrote to you: no answer yet.\n\nDe plus, on attend.';
  expect(replyText(text)).toEqual({ reply: text, quoted: null });
});

test.each([
  ['On ', 60_000],
  ['> ', 100_000],
  ['>', 200_000],
  ['-', 200_000],
  ['-- \n', 50_000],
  ['—\n', 60_000],
  ['____________________\n', 10_000],
  ['From: ', 30_000],
  ['From: a\n', 25_000],
  ['From: a\nSent: b\nTo: c\n', 8_000],
  ['On 1:\n', 30_000],
  ['On 2 Mar 2026 at 09:12,\n', 8_000],
  ['On 2 Mar 2026 at 09:12, a@b.example wrote\n', 5_000],
  ['> a quoted line that is long enough to have been wrapped by a program\nb\n', 3_000],
  ['> q\na\n', 30_000],
  ['\n', 200_000],
  [' \n', 100_000],
  ['a@b ', 50_000],
  ['Sent from my \n', 15_000],
  ['Forwarded message ', 10_000],
  ['\uE0F1x\n', 60_000],
  ['CAUTION: outside ', 12_000],
])('200 KB of %j are read in no time', (unit, times) => {
  const started = Date.now();
  // Three times, on a machine that may have other things to do.
  replyText(unit.repeat(times));
  replyText(`Blue.\n\n${unit.repeat(times)}`);
  replyText(`${unit.repeat(times)}\n\nBlue.`);
  expect(Date.now() - started).toBeLessThan(2000);
});

test('marks that Persian and Hebrew are written with stay in the words', () => {
  const { reply } = replyText('می\u200cخواهم\u200f\n\nOn Mon, 2 Mar 2026 at 09:12, Ann wrote:\n> Colour?');
  expect(reply).toBe('می\u200cخواهم\u200f');
});

test('a short answer above a very long history is found', () => {
  const history = Array.from({ length: 5000 }, (_, n) => `> line ${n}`).join('\n');
  expect(replyText(`Blue.\n\nOn Mon, Mar 2, 2026, Ann wrote:\n${history}`).reply).toBe('Blue.');
});
