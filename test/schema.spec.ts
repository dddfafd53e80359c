import { openDatabase } from '../src/database/data-source.js';
import { readConfig } from '../src/config.js';
import { freshGround } from './house.js';

test('the migrations build exactly what the entities say, and can be taken back and made again', async () => {
  const ground = await freshGround();
  const database = await openDatabase(readConfig(ground.env));
  const drift = async () => (await database.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);
  try {
    expect(await drift()).toEqual([]);
    for (let left = database.migrations.length; left > 0; left--) await database.undoLastMigration({ transaction: 'each' });
    await database.runMigrations({ transaction: 'each' });
    expect(await drift()).toEqual([]);
  } finally {
    await database.destroy();
    await ground.clear();
  }
});
