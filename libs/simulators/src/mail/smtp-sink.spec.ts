import { createTransport } from 'nodemailer';
import { startSmtpSink, type SmtpSink } from './smtp-sink.js';

let sink: SmtpSink;
beforeAll(async () => {
  sink = await startSmtpSink({ users: { shop: 'secret' } });
});
afterAll(() => sink.stop());

const send = (to = 'ann@example.com', pass = 'secret') =>
  createTransport({ host: sink.host, port: sink.port, auth: { user: 'shop', pass } }).sendMail({
    from: 'help@harbourlamps.test',
    to,
    subject: 'Hello',
    text: 'Hi',
  });

test('the sink keeps what it is sent', async () => {
  await send();
  expect(sink.messages).toEqual([{ envelope: { from: 'help@harbourlamps.test', to: ['ann@example.com'] }, raw: expect.any(Buffer) }]);
});

test('it refuses a wrong password, named recipients and messages when told so', async () => {
  await expect(send('ann@example.com', 'wrong')).rejects.toMatchObject({ responseCode: 535 });
  sink.behave({ refuse: ['gone@example.com'] });
  await expect(send('gone@example.com')).rejects.toMatchObject({ responseCode: 550 });
  sink.behave('try-later');
  await expect(send()).rejects.toMatchObject({ responseCode: 451 });
  sink.behave('drop-before-data');
  await expect(send()).rejects.toThrow();
  sink.behave('drop-after-data');
  await expect(send()).rejects.toThrow();
  expect(sink.messages).toHaveLength(2);
});
