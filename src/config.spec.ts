import { ConfigError, readConfig } from './config.js';

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

test('an empty environment gives SQLite, a private Redis and one process on port 3000', () => {
  expect(readConfig({})).toMatchObject({
    PORT: 3000,
    HOST: '127.0.0.1',
    ROLE: 'all',
    dialect: 'sqlite',
    publicUrl: 'http://localhost:3000',
  });
});

test('each wrong variable is one line with its name, value and what is allowed', () => {
  const faults = faultsOf({ PORT: 'abc', ROLE: 'boss', IMAP_POLL_SECONDS: '0', ALLOW_PRIVATE_HOSTS: 'yes' });
  expect(faults).toHaveLength(4);
  expect(faults.find((line) => line.startsWith('PORT="abc"'))).toContain('must be a port number');
  expect(faults.find((line) => line.startsWith('ROLE="boss"'))).toContain('all, api, worker');
});

test('a wrong secret is reported without showing it', () => {
  const [fault] = faultsOf({ ENCRYPTION_KEY: 'hunter2-hunter2' });
  expect(fault).toMatch(/^ENCRYPTION_KEY=\(not shown, sha256 [0-9a-f]{8}\): must be 32 bytes/);
  expect(fault).not.toContain('hunter2');
});

test('combinations that cannot work are refused with the reason', () => {
  expect(faultsOf({ QUEUE_BACKEND: 'postgres' })[0]).toContain('needs DATABASE_URL');
  expect(faultsOf({ ROLE: 'api', DATABASE_URL: 'postgres://x/y' })[0]).toContain('REDIS_URL');
  expect(faultsOf({ ADMIN_EMAIL: 'a@b.example' })[0]).toContain('ADMIN_PASSWORD');
});

test('a provider for sign-in needs both its id and its secret, and TLS', () => {
  expect(faultsOf({ GOOGLE_CLIENT_ID: 'id' })).toEqual([
    'GOOGLE_CLIENT_SECRET: is missing; GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET come together',
  ]);
  expect(faultsOf({ MICROSOFT_CLIENT_SECRET: 'hunter2' })[0]).toMatch(/^MICROSOFT_CLIENT_ID: is missing/);
  expect(faultsOf({ GOOGLE_ISSUER_URL: 'http://127.0.0.1:1' })[0]).toContain('must be https');
  expect(faultsOf({ GOOGLE_ISSUER_URL: 'http://127.0.0.1:1', ALLOW_PRIVATE_HOSTS: 'true' })).toEqual([]);
  expect(readConfig({ MICROSOFT_TENANT: 'contoso.example' }).microsoftIssuer).toBe(
    'https://login.microsoftonline.com/contoso.example/v2.0',
  );
});

test('the mail door is named by its protocol, host and port', () => {
  expect(readConfig({ MAIL_LISTEN: 'lmtp://127.0.0.1:2524' }).MAIL_LISTEN).toBe('lmtp://127.0.0.1:2524');
  expect(readConfig({ MAIL_LISTEN: 'smtp://[::1]:25' }).MAIL_LISTEN).toBe('smtp://[::1]:25');
  for (const wrong of ['2525', 'smtps://mx.example:25', 'smtp://mx.example', 'lmtp://mx.example:70000', 'lmtp://mx.example:24/x'])
    expect(faultsOf({ MAIL_LISTEN: wrong })).toEqual([
      `MAIL_LISTEN="${wrong}": must be smtp://host:port or lmtp://host:port, such as lmtp://127.0.0.1:2524`,
    ]);
});
