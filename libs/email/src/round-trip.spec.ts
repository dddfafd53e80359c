import { tmpdir } from 'node:os';
import type { MessageEvent } from '#libs/connector';
import { MailCustomers, startSmtpSink } from '#libs/simulators';
import { emailConnector } from './email-connector.js';
import { mailIdentity } from './identity.js';

const receivedAt = new Date('2026-03-02T10:00:00Z');

test('customers of all mail programs are answered, and their answers name our reply and hold no old words', async () => {
  const inbox: Buffer[] = [];
  const sink = await startSmtpSink();
  let seed = 1;
  const customers = new MailCustomers({
    deliver: async (raw) => void inbox.push(raw),
    brandAddress: 'shop@harbourlamps.test',
    random: () => (seed = (seed * 16807) % 2147483647) / 2147483647,
    now: () => receivedAt,
  });
  const connector = emailConnector({ allowPrivateHosts: true, pollSeconds: 60 });
  const server = { host: sink.host, port: sink.port, secure: false, user: '', password: '' };
  const channel = {
    id: 'c1',
    address: 'shop@harbourlamps.test',
    settings: { imap: server, smtp: server },
    signingKey: Buffer.alloc(32, 7),
  };
  const read = async (payload: Buffer) =>
    (await connector.parse({ key: mailIdentity(payload), payload, context: {}, receivedAt }, channel, tmpdir()))[0] as MessageEvent;

  let answers = 0;
  for (let turn = 0; turn < 12; turn++) {
    const question = await read(await customers.writeNext());
    expect(question).toMatchObject({ direction: 'inbound', human: true, threadKeys: [] });
    const { text, html, sentAt } = question;
    const draft = {
      deliveryId: `d-${turn}`,
      text: 'We shall see to it at once.\nGive us a day.',
      html: null,
      subject: null,
      cc: [],
      bcc: [],
      agentName: 'Ann',
      customer: question.customer,
      answering: question.envelope,
      quoting: { author: question.customer.name ?? question.customer.id, sentAt, text, html },
      signature: 'Ann\nHarbour Lamps',
      automatic: false,
      at: receivedAt,
    };
    const prepared = connector.prepare(draft, channel);
    const outgoing = { ...draft, ...prepared, attachments: [], windowMode: 'standard', committing: () => Promise.resolve() };
    const { externalId } = await connector.send(outgoing, channel);
    const sent = sink.messages.at(-1);
    if (!sent || !(await customers.answer(sent))) continue;
    answers += 1;
    const answer = await read(inbox.at(-1) ?? Buffer.alloc(0));
    expect(answer.threadKeys[0]).toEqual({ rule: 'in-reply-to', key: externalId });
    expect(answer.customer).toEqual(question.customer);
    expect(answer.text).not.toContain('Give us a day');
    expect(answer.quotedText).toContain('Give us a day');
  }
  expect(answers).toBe(11);
  await sink.stop();
}, 30_000);
