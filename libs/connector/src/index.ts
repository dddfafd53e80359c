export * from './connector.js';
export * from './connector-error.js';
export { isPrivateAddress } from './private-address.js';
export { isConnector, provideConnector } from './provide.js';
export { secret, type SettingsSchema, settingsSchema, withoutSecrets } from './settings-schema.js';
