import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ImapFlow } from 'imapflow';
import { startDovecot, type Dovecot } from './dovecot.js';

const user = 'help@harbourlamps.test';
let provider: Server;
let dovecot: Dovecot;

beforeAll(async () => {
  provider = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const active = new URLSearchParams(body).get('token') === 'good-token';
      response.setHeader('content-type', 'application/json').end(JSON.stringify(active ? { active, username: user } : { active }));
    });
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const introspectionUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/introspect`;
  dovecot = await startDovecot({ users: { [user]: 'secret' }, introspectionUrl, idle: false });
}, 30_000);
afterAll(async () => {
  await dovecot.stop();
  provider.closeAllConnections();
  provider.close();
});

async function signIn(auth: { accessToken?: string; pass?: string }) {
  const client = new ImapFlow({ host: dovecot.host, port: dovecot.port, secure: false, auth: { user, ...auth }, logger: false });
  client.on('error', () => undefined);
  await client.connect();
  const { authenticated, capabilities } = client;
  client.close();
  return { authenticated, capabilities };
}

test('an access token that the provider knows opens the mailbox, and the password does too', async () => {
  expect((await signIn({ accessToken: 'good-token' })).authenticated).not.toBe(false);
  expect((await signIn({ pass: 'secret' })).authenticated).not.toBe(false);
});

test('a token that the provider does not know is refused in words of OAuth', async () => {
  await expect(signIn({ accessToken: 'old-token' })).rejects.toMatchObject({
    authenticationFailed: true,
    oauthError: { status: 'invalid_token' },
  });
});

test('told so, it knows no IDLE', async () => {
  expect((await signIn({ pass: 'secret' })).capabilities.has('IDLE')).toBe(false);
});
