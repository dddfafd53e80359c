import { ConnectorError } from './connector-error.js';

test.each([
  ['The token is dead', 'Ask an admin.', 'The token is dead. Ask an admin.'],
  ['Meta: it changed for security reasons.', 'Ask an admin', 'Meta: it changed for security reasons. Ask an admin.'],
  ['Meta: please wait ...', 'Try later!', 'Meta: please wait. Try later!'],
  ['The mailbox is full', undefined, 'The mailbox is full.'],
])('%s + %s read as sentences', (message, action, advice) => {
  expect(new ConnectorError('auth', message, { action }).advice).toBe(advice);
});
