import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InboundEvent, MessageEvent } from '#libs/connector';
import { mailIdentity } from './identity.js';
import { parse } from './parse.js';
import type { EmailSettings } from './settings.js';

const receivedAt = new Date('2026-03-02T09:30:00Z');
const channel = { id: 'c1', address: 'shop@harbourlamps.test', signingKey: Buffer.alloc(32, 7), settings: {} as Partial<EmailSettings> };
const own = 'mid:m.d1.uls5u3nt6dchpxaz@harbourlamps.test';
const directory = new URL('fixtures/thread/', import.meta.url);
const spool = mkdtempSync(join(tmpdir(), 'thread-'));
afterAll(() => rmSync(spool, { recursive: true }));

interface How {
  role?: string;
  backfill?: boolean;
  fullSize?: string;
  settings?: Partial<EmailSettings>;
}
const eventsOf = (name: string, { role = 'inbox', backfill = false, fullSize, settings = {} }: How = {}): Promise<InboundEvent[]> => {
  const payload = readFileSync(new URL(`${name}.eml`, directory));
  const context = { role, ...(fullSize && { fullSize }) };
  return parse({ key: mailIdentity(payload), payload, context, receivedAt, backfill }, { ...channel, settings }, spool);
};
const messageOf = async (name: string, how?: How) => (await eventsOf(name, how))[0] as MessageEvent;
const keysOf = async (name: string) => (await messageOf(name)).threadKeys.map(({ rule, key }) => `${rule} ${key}`);

test('every fixture can be read, and read twice gives the same', async () => {
  for (const file of readdirSync(directory)) {
    const name = file.replace('.eml', '');
    expect(await eventsOf(name)).toEqual(await eventsOf(name));
  }
});

describe('what a mail says it belongs to, the most trusted first', () => {
  test.each([
    ['in-reply-to-and-no-references', [`in-reply-to ${own}`]],
    ['references-overwritten-by-apple-mail', [`in-reply-to ${own}`, 'references mid:somebody-elses@example.org']],
    ['references-without-in-reply-to', [`references ${own}`, 'references mid:nearest@example.com', 'references mid:root@example.com']],
    ['in-reply-to-with-words-around', ['in-reply-to mid:parent@example.com']],
    ['empty-in-reply-to', []],
    ['reply-token-only-in-delivered-to', ['reply-token token:d1']],
    ['reply-token-in-upper-case', ['reply-token token:d1']],
    ['reply-token-forged', []],
    ['message-id-forged', []],
  ])('%s', async (name, keys) => {
    expect(await keysOf(name)).toEqual(keys);
  });

  test('Outlook’s thread counts where there is nothing else, with the subject it began under', async () => {
    const { threadKeys, ownKeys } = await messageOf('outlook-thread-index-without-references');
    expect(threadKeys).toEqual([{ rule: 'thread-index', key: expect.stringMatching(/^thread-index:\S{30,32} your lamp$/) }]);
    expect(ownKeys).toContain(threadKeys[0]?.key);
    expect(await keysOf('outlook-thread-index-new-subject')).not.toEqual(await keysOf('outlook-thread-index-without-references'));
  });
});

describe('whose mail it is', () => {
  test.each<[string, MessageEvent['direction'], string, boolean]>([
    ['contact-form-in-our-own-name', 'inbound', 'visitor@example.org', true],
    ['contact-form-by-wordpress', 'inbound', 'visitor@example.org', true],
    ['colleague-with-reply-to-himself', 'inbound', 'bo@harbourlamps.test', true],
    ['google-group-of-our-own', 'inbound', 'ada@example.com', true],
    ['mailing-list-rewrites-the-sender', 'inbound', 'ada@example.com', false],
    ['third-parties-in-copy', 'inbound', 'ada@example.com', true],
    ['bcc-to-us', 'inbound', 'ada@example.com', true],
    ['own-address-forged', 'inbound', 'shop@harbourlamps.test', true],
  ])('%s', async (name, direction, id, human) => {
    const message = await messageOf(name);
    expect([message.direction, message.customer.id, message.human]).toEqual([direction, id, human]);
  });

  test('a form or a list is answered to the person alone', async () => {
    const { envelope } = await messageOf('contact-form-by-wordpress');
    expect(envelope).toMatchObject({ replyTo: [{ address: 'visitor@example.org' }] });
  });

  test('what lies in the Sent folder is ours, whatever its From', async () => {
    expect(await messageOf('sent-with-an-alias', { role: 'sent' })).toMatchObject({
      direction: 'outbound',
      customer: { id: 'ada@example.com' },
    });
    expect(await messageOf('sent-with-an-alias')).toMatchObject({ direction: 'inbound', customer: { id: 'bo@harbourlamps.test' } });
  });

  test('what was sent to nobody but ourselves concerns no customer', async () => {
    expect(await eventsOf('note-to-ourselves', { role: 'sent' })).toEqual([{ type: 'ignored', reason: expect.any(String) }]);
  });

  test('a mail without a usable sender is somebody’s unknown', async () => {
    expect((await messageOf('no-usable-sender')).customer.id).toMatch(/^unknown:/);
  });

  test('everybody named beside us may go on', async () => {
    const { correspondence } = await messageOf('third-parties-in-copy');
    expect(correspondence?.participants.map(({ id }) => id)).toEqual(['ada@example.com', 'bo@example.com', 'cy@example.com']);
  });
});

describe('what an agent should know before trusting it', () => {
  test.each([
    [
      'name-shows-another-address',
      'The sender’s name shows the address billing@bank.example, but this mail comes from crook@evil.example.',
    ],
    ['reply-token-forged', 'This mail refers to one of ours by an id that we did not make. Somebody may be guessing.'],
    ['message-id-forged', 'This mail refers to one of ours by an id that we did not make. Somebody may be guessing.'],
    ['message-id-of-our-other-mailbox', undefined],
    ['dmarc-pass-forged-below-a-fail', 'The mail server found that this mail does not come from ada@example.com (DMARC).'],
    ['dmarc-pass', undefined],
    ['own-address-forged', 'This mail says it comes from our own address, and the mail server found that it does not.'],
    ['in-reply-to-and-no-references', undefined],
  ])('%s', async (name, warning) => {
    expect((await messageOf(name)).warning).toBe(warning);
  });

  test('what lay in the junk folder says so, and gets no automatic answer', async () => {
    const message = await messageOf('dmarc-pass', { role: 'junk', settings: { autoAnswer: 'We have it.' } });
    expect([message.warning, message.autoAnswer]).toEqual([expect.stringContaining('junk folder'), undefined]);
  });

  test('only the topmost verdict of the receiving server proves a sender', async () => {
    const proven = async (name: string) => (await messageOf(name)).correspondence?.authenticated;
    expect([await proven('dmarc-pass'), await proven('dmarc-pass-forged-below-a-fail'), await proven('dkim-of-another-domain')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the automatic answer', () => {
  const settings = { autoAnswer: 'We have it.' };
  test.each([
    ['in-reply-to-and-no-references', true],
    ['contact-form-by-wordpress', true],
    ['looped-back', false],
    ['from-noreply', false],
    ['google-group-of-our-own', false],
    ['mailing-list-rewrites-the-sender', false],
    ['no-usable-sender', false],
  ])('%s: %p', async (name, given) => {
    expect((await messageOf(name, { settings })).autoAnswer).toBe(given ? 'We have it.' : undefined);
  });

  test('history gets none, and neither does what we sent', async () => {
    expect((await messageOf('dmarc-pass', { settings, backfill: true })).autoAnswer).toBeUndefined();
    expect((await messageOf('sent-with-an-alias', { settings, role: 'sent' })).autoAnswer).toBeUndefined();
  });
});

describe('a mail passed on by hand is its author’s', () => {
  test.each([
    ['forward-gmail', 'Can you take this one?', 'Is the brass lamp back?\n\nAda'],
    ['forward-outlook-german', 'Übernimmst du?', 'Ist die Lampe wieder da?'],
    ['forward-outlook-mailto', '', 'Is the brass lamp back?'],
    ['forward-apple-french', 'À toi.', 'La lampe est-elle revenue ?'],
    ['forward-japanese', 'お願いします。', 'ランプはありますか。'],
    ['forward-thunderbird-spanish', '', '¿Ha vuelto la lámpara?'],
    ['forward-attached', 'Can you take this one?', 'Is the brass lamp back?'],
  ])('%s', async (name, comment, text) => {
    const forwarded = (await messageOf(name)).correspondence?.forwarded;
    expect(forwarded).toMatchObject({
      author: { scope: 'email', id: 'ada@example.com', name: 'Ada Moss' },
      subject: 'Your lamp',
      comment,
      text,
    });
    expect(forwarded?.envelope).toMatchObject({ from: { address: 'ada@example.com' }, subject: 'Your lamp' });
  });

  test('an attached mail is found under its own id, too', async () => {
    expect((await messageOf('forward-attached')).correspondence?.forwarded?.ownKeys).toEqual(['mid:original@example.com']);
  });

  test.each(['forward-without-an-address', 'answer-above-an-outlook-quote', 'dmarc-pass'])('%s is none', async (name) => {
    expect((await messageOf(name)).correspondence?.forwarded).toBeNull();
  });
});

test('limits come from the channel’s settings, else from what suits most', async () => {
  const limits = async (settings: Partial<EmailSettings>) => {
    const { correspondence } = await messageOf('dmarc-pass', { settings });
    return [correspondence?.reopenDays, correspondence?.subjectDays];
  };
  expect([await limits({}), await limits({ reopenDays: 7, subjectDays: 3 })]).toEqual([
    [30, 0],
    [7, 3],
  ]);
});

test('of a mail too large to be taken in whole that is said beside its text, not in it', async () => {
  const message = await messageOf('dmarc-pass', { fullSize: String(80 * 2 ** 20) });
  expect([message.partial, message.text]).toEqual([true, 'Is it back?']);
});
