export * from './channel.js';
export * from './connector.js';
export * from './connector-error.js';
export * from './event.js';
export { isPrivateAddress } from './private-address.js';
export { isConnector, provideConnector } from './provide.js';
export * from './reply.js';
export { secret, type SettingsSchema, settingsSchema, withoutSecrets } from './settings-schema.js';
export * from './source.js';
