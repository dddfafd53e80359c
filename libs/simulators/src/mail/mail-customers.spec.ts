import { simpleParser } from 'mailparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import { MailCustomers } from './mail-customers.js';

const brandAddress = 'hello@harbourlamps.test';

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function given(seed: number) {
  const delivered: Buffer[] = [];
  const customers = new MailCustomers({
    deliver: async (raw) => void delivered.push(raw),
    brandAddress,
    random: seeded(seed),
    now: () => new Date('2026-03-02T09:30:00Z'),
  });
  return { customers, delivered };
}

test('the same seed gives the same mails', async () => {
  const [one, two] = [given(7), given(7)];
  for (let turn = 0; turn < 15; turn++) expect(await one.customers.writeNext()).toEqual(await two.customers.writeNext());
  expect(one.delivered).toHaveLength(15);
});

test('customers write to the brand, some with a picture, some in HTML', async () => {
  const { customers, delivered } = given(1);
  for (let turn = 0; turn < 12; turn++) await customers.writeNext();
  const mails = await Promise.all(delivered.map((raw) => simpleParser(raw)));
  expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(12);
  expect(mails.some((mail) => mail.attachments[0]?.contentType === 'image/png')).toBe(true);
  expect(mails.some((mail) => mail.html)).toBe(true);
  expect(mails.some((mail) => !mail.html)).toBe(true);
});

test('a customer answers an answer within the thread, quoting it, until the matter is settled', async () => {
  const { customers, delivered } = given(5);
  const first = await simpleParser(await customers.writeNext());
  const customer = first.from?.value[0]?.address ?? '';
  const raw = await new MailComposer({
    from: `Ann <${brandAddress}>`,
    to: customer,
    messageId: '<our-1@harbourlamps.test>',
    inReplyTo: first.messageId,
    references: [first.messageId ?? ''],
    subject: `Re: ${first.subject}`,
    text: 'Let me look into this.',
  })
    .compile()
    .build();
  let answers = 0;
  while (await customers.answer({ envelope: { from: brandAddress, to: [customer] }, raw })) answers++;
  expect(answers).toBeLessThanOrEqual(2);
  expect(answers).toBeGreaterThan(0);
  const reply = await simpleParser(delivered[1] ?? '');
  expect(reply).toMatchObject({ inReplyTo: '<our-1@harbourlamps.test>', references: [first.messageId, '<our-1@harbourlamps.test>'] });
  expect(reply.text).toContain('Let me look into this.');
  expect(reply.subject).toBe(`Re: ${first.subject}`);
});
