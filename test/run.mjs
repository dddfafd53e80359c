import { main } from '../src/setup/command.mjs';
import { build, checkNode, installModules, root } from '../src/setup/project.mjs';
import { ensure } from '../src/setup/system-packages.mjs';
import { jest } from './jest.mjs';
import { breakable, breakableNeeds } from './servers/breakable.mjs';
import { startPostgres } from './servers/postgres.mjs';
import { startRedis } from './servers/redis.mjs';

process.chdir(root);

await main(async (signal) => {
  checkNode();
  const programs = await ensure([...breakableNeeds, 'chromium'], { signal });
  await installModules({ signal });
  await build({ signal });
  const servers = [await startRedis(programs.redis), await startPostgres(programs.postgres)];
  const [redis, postgres] = servers;
  const env = { TEST_REDIS_URL: redis.url, TEST_POSTGRES_URL: postgres.url, CHROMIUM_PATH: programs.chromium };
  try {
    return await jest(process.argv.slice(2), { ...env, ...breakable(programs) }, signal);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
});
