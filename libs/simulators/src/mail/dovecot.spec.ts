import { ImapFlow } from 'imapflow';
import { startDovecot, type Dovecot } from './dovecot.js';

let dovecot: Dovecot;
beforeAll(async () => {
  dovecot = await startDovecot({ users: { 'help@harbourlamps.test': 'pass:word' } });
}, 30_000);
afterAll(() => dovecot.stop());

async function subjects(folder = 'INBOX'): Promise<string[]> {
  const client = new ImapFlow({
    host: dovecot.host,
    port: dovecot.port,
    secure: false,
    auth: { user: 'help@harbourlamps.test', pass: 'pass:word' },
    logger: false,
  });
  await client.connect();
  await client.mailboxOpen(folder);
  const mails = await client.fetchAll('1:*', { envelope: true });
  await client.logout();
  return mails.map((mail) => mail.envelope?.subject ?? '');
}

test('a delivered mail can be read over IMAP, also after a power cut', async () => {
  await dovecot.deliver('help@harbourlamps.test', 'Subject: one\r\n\r\nHello\r\n');
  expect(await subjects()).toEqual(['one']);
  await dovecot.restart();
  await dovecot.deliver('help@harbourlamps.test', 'Subject: two\r\n\r\nHello\r\n');
  expect(await subjects()).toEqual(['one', 'two']);
  expect((await dovecot.list('help@harbourlamps.test')).map(String)).toEqual([
    'Subject: one\r\n\r\nHello\r\n',
    'Subject: two\r\n\r\nHello\r\n',
  ]);
}, 30_000);

test('mail can be delivered into a folder that did not exist', async () => {
  await dovecot.deliver('help@harbourlamps.test', 'Subject: lost\r\n\r\n', 'Junk');
  expect(await subjects('Junk')).toEqual(['lost']);
});
