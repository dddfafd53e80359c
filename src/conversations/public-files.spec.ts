import { randomBytes } from 'node:crypto';
import { Vault } from '../channels/vault.js';
import { readConfig } from '../config.js';
import { newId } from '../database/columns.js';
import { PublicFiles } from './public-files.service.js';

const vault = new Vault(randomBytes(32));
const at = (publicUrl: string, extra: Record<string, string> = {}, keys = vault) =>
  new PublicFiles(readConfig({ PUBLIC_URL: publicUrl, ...extra }), keys);
const [id, now] = [newId(), Date.UTC(2026, 10, 22)];
const hour = 3_600_000;
const tokenIn = (address: string | undefined) => address!.split('/media/')[1]!;

test('an address names its file for an hour, to the second', () => {
  const files = at('https://inbox.example.com/');
  const address = files.addressOf(id, now);
  expect(address).toMatch(/^https:\/\/inbox\.example\.com\/media\//);
  const token = tokenIn(address);
  expect([files.named(token, now), files.named(token, now + hour - 1), files.named(token, now + hour)]).toEqual([id, id, null]);
});

test('whatever is changed in it names nothing, and another house’s signature does not count', () => {
  const files = at('https://inbox.example.com');
  const [named, until, signature] = tokenIn(files.addressOf(id, now)).split('.') as [string, string, string];
  const later = (parseInt(until, 36) + hour).toString(36);
  const forged = [
    `${newId()}.${until}.${signature}`,
    `${named}.${later}.${signature}`,
    `${named}.${until}.${signature.slice(0, -2)}AA`,
    `${named}.${until}`,
    tokenIn(at('https://inbox.example.com', {}, new Vault(randomBytes(32))).addressOf(id, now)),
    '',
  ];
  expect(forged.map((token) => files.named(token, now))).toEqual(forged.map(() => null));
});

test.each([
  ['https://inbox.example.com', {}, true],
  ['https://93.184.216.34', {}, true],
  ['http://inbox.example.com', {}, false],
  ['https://localhost', {}, false],
  ['https://inbox', {}, false],
  ['https://inbox.internal', {}, false],
  ['https://10.1.2.3', {}, false],
  ['https://[::1]:3000', {}, false],
  ['http://localhost:3000', { ALLOW_PRIVATE_HOSTS: 'true' }, true],
])('a platform can fetch from %s (%j): %s', (publicUrl, extra, can) => {
  expect(at(publicUrl, extra).addressOf(id) !== undefined).toBe(can);
});
