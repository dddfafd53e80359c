export { EmailModule } from './email.module.js';
export { emailConnector } from './email-connector.js';
export { inspectMail } from './inspect.js';
