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
