export * from './connector.js';
export * from './connector-error.js';
export { isConnector, provideConnector } from './provide.js';
export { secret, type SettingsSchema, settingsSchema, withoutSecrets } from './settings-schema.js';
