import { generateKeyPairSync } from 'node:crypto';
import { startDovecot, startSmtpSink, type Dovecot, type SmtpSink } from '#libs/simulators';
import { check } from './check.js';
import type { EmailSettings } from './settings.js';

const options = { allowPrivateHosts: true, pollSeconds: 60 };
const account = { externalId: 'shop@harbourlamps.test', address: 'shop@harbourlamps.test' };
let sink: SmtpSink;
let dovecot: Dovecot;
let settings: EmailSettings & Required<Pick<EmailSettings, 'imap'>>;
beforeAll(async () => {
  sink = await startSmtpSink({ users: { shop: 'secret' }, tokens: { shop: 'a token' } });
  dovecot = await startDovecot({ users: { shop: 'secret' } });
  settings = {
    imap: { host: dovecot.host, port: dovecot.port, secure: false, user: 'shop', password: 'secret' },
    smtp: { host: sink.host, port: sink.port, secure: false, user: 'shop', password: 'secret' },
  };
}, 30_000);
afterAll(() => Promise.all([sink.stop(), dovecot.stop()]));

test('a check signs in to both servers and repeats what they refuse with', async () => {
  expect((await check(account, settings, options)).map(({ ok }) => ok)).toEqual([true, true]);
  const wrong = { imap: { ...settings.imap, password: 'x' }, smtp: { ...settings.smtp, password: 'x' } };
  const [imap, smtp] = await check(account, wrong, options);
  expect(imap).toMatchObject({ ok: false, detail: expect.stringContaining('Authentication failed') });
  expect(smtp).toMatchObject({ ok: false, detail: expect.stringContaining('535 5.7.8 Authentication credentials invalid') });
});

test('after a sign-in at the provider mail goes out by its token, and a refused one asks for another sign-in', async () => {
  const { host, port } = sink;
  const smtpOf = async (accessToken: string) => {
    const oauth = { provider: 'google', refreshToken: 'r', accessToken, expiresAt: '2026-03-01T00:00:00Z' };
    return (await check(account, { imap: settings.imap, smtp: { host, port, secure: false }, oauth }, options))[1];
  };
  expect(await smtpOf('a token')).toMatchObject({ ok: true, detail: 'Signed in to 127.0.0.1 as shop' });
  expect(await smtpOf('an old one')).toMatchObject({ ok: false, detail: expect.stringMatching(/535.*Sign in at the provider again/s) });
});

test('private addresses are out of reach unless the operator allows them', async () => {
  for (const host of ['127.0.0.1', 'localhost', '169.254.169.254', '::ffff:10.0.0.1', '::1', 'fd00::1']) {
    const elsewhere = { imap: { ...settings.imap, host }, smtp: { ...settings.smtp, host } };
    for (const { ok, detail } of await check(account, elsewhere, { ...options, allowPrivateHosts: false })) {
      expect([ok, detail]).toEqual([false, expect.stringContaining('inside a private network')]);
    }
  }
});

test('a DKIM key that cannot sign is found out at once', async () => {
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey.export(pem).toString();
  const keyCheck = async (privateKey: string) =>
    (await check(account, { ...settings, dkim: { domain: 'harbourlamps.test', selector: 'mail', privateKey } }, options))[2];
  expect(await keyCheck(rsa(2048))).toEqual({
    name: 'DKIM signature',
    ok: true,
    detail: 'The key of 2048 bits can sign as mail._domainkey.harbourlamps.test',
  });
  expect(await keyCheck(rsa(2048).slice(0, 400))).toMatchObject({ ok: false, detail: expect.stringContaining('cannot be read') });
  expect(await keyCheck(rsa(512))).toMatchObject({ ok: false, detail: expect.stringContaining('only 512 bits') });
  const edwards = generateKeyPairSync('ed25519').privateKey.export(pem).toString();
  expect(await keyCheck(edwards)).toMatchObject({ ok: false, detail: expect.stringContaining('signed with RSA') });
});
