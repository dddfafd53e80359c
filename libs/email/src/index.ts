export { EmailModule } from './email.module.js';
export { inspectMail } from './inspect.js';
