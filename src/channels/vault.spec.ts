import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Vault } from './vault.js';

test('what is sealed for one channel opens for it and for no other', () => {
  const vault = new Vault(Buffer.alloc(32, 1));
  const sealed = vault.seal('{"password":"s3cret"}', 'channel-a');
  expect(sealed).not.toContain('s3cret');
  expect(vault.open(sealed, 'channel-a')).toBe('{"password":"s3cret"}');
  expect(() => vault.open(sealed, 'channel-b')).toThrow();
  expect(() => new Vault(Buffer.alloc(32, 2)).open(sealed, 'channel-a')).toThrow();
});

test('a key made on the first start is found again and readable by its owner only', () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'tributary-'));
  const sealed = Vault.open({ DATA_DIR }).seal('x', 'o');
  expect(Vault.open({ DATA_DIR }).open(sealed, 'o')).toBe('x');
  expect(statSync(join(DATA_DIR, 'secret.key')).mode & 0o777).toBe(0o600);
});
