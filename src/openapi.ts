import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from './app.js';
import { readConfig } from './config.js';

// Writes docs/openapi.json from the running app, so that the web's types are what is really served.
const directory = mkdtempSync(join(tmpdir(), 'tributary-api-'));
const app = await startApp(readConfig({ DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'error' }));
const description: unknown = await (await fetch(`${app.url}/api/openapi.json`)).json();
writeFileSync('docs/openapi.json', `${JSON.stringify(description, null, 2)}\n`);
await app.stop();
rmSync(directory, { recursive: true });
