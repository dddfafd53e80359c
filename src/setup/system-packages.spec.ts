import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A machine with these programs only. sudo, where it is asked for, does as it is told.
let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'tributary-bin-'));
  await symlink('/usr/bin/env', join(bin, 'env'));
  await program('sudo', 'shift; exec "$@"');
});
afterEach(() => rm(bin, { recursive: true }));

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
}

/** Runs `ensure` there and resolves to all it printed. */
function ensure(...needs: string[]): Promise<string> {
  const script = `import { ensure } from './src/setup/system-packages.mjs'; import { main } from './src/setup/command.mjs';
    await main(async (signal) => { console.log(await ensure(${JSON.stringify(needs)}, { signal })); return 0; });`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], { env: { PATH: bin, CI: '1' } }, (_, out, complaints) =>
      resolve(out + complaints),
    );
  });
}

test('what is there is found and nothing is installed', async () => {
  await program('apt-get', 'echo must not run');
  await program('valkey-server', '');
  expect(await ensure('redis')).toBe(`{ redis: '${bin}/valkey-server' }\n`);
});

test('what is missing is installed with apt-get after one update, without questions, and what and why is said', async () => {
  await symlink('/bin/cp', join(bin, 'cp'));
  await program('apt-get', `echo "$DEBIAN_FRONTEND: $*" >> ${bin}/log; for p in redis-server chromium; do cp ${bin}/sudo ${bin}/$p; done`);
  const printed = await ensure('redis', 'chromium');
  const log = await readFile(join(bin, 'log'), 'utf8');
  expect(log.trim().split('\n')).toEqual([
    expect.stringMatching(/^noninteractive: .* update$/),
    expect.stringMatching(/^noninteractive: .* install -y --no-install-recommends redis-server chromium$/),
  ]);
  expect(printed).toContain('Redis, which keeps the job queue');
  expect(printed).toContain(`redis: '${bin}/redis-server'`);
});

test('a failed installation shows what apt-get said and stops', async () => {
  await program('apt-get', 'echo "E: Unable to locate package"; exit 100');
  expect(await ensure('redis')).toMatch(/E: Unable to locate package[^]*failed \(exit code 100\)/);
});

test('where neither apt-get nor brew is, one sentence names the packages', async () => {
  expect(await ensure('redis', 'chromium')).toMatch(/neither apt-get nor brew[^]*redis-server[^]*chromium/);
});
