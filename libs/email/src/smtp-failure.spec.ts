import { smtpFailure, type SmtpError } from './smtp-failure.js';

const failure = (facts: Partial<SmtpError>, more: Parameters<typeof smtpFailure>[2] = {}) => {
  const { kind, scope, retryAfterMs = 0 } = smtpFailure(Object.assign(new Error('it failed'), facts), 'mail.example', more);
  return [kind, scope, retryAfterMs / 60_000];
};
const said = (responseCode: number, words: string, command: string) => ({
  ...{ code: 'EENVELOPE', responseCode, command },
  response: `${responseCode} ${words}`,
});

test.each([
  ['nobody listens', { code: 'ECONNECTION', command: 'CONN' }, ['unavailable', 'channel', 0]],
  ['the server says goodbye', said(421, '4.3.2 Shutting down', 'MAIL FROM'), ['unavailable', 'channel', 0]],
  ['the server has no room for anybody', said(452, '4.3.1 Insufficient storage', 'MAIL FROM'), ['unavailable', 'channel', 0]],
  ['the account sends too fast', said(421, '4.7.0 Try again later', 'MAIL FROM'), ['rate-limited', 'channel', 5]],
  ['the account has sent enough for today', said(550, '5.4.5 Daily limit exceeded', 'DATA'), ['rate-limited', 'channel', 5]],
  ['a recipient is greylisted', said(450, '4.2.0 Greylisted', 'RCPT TO'), ['unavailable', 'message', 5]],
  ['a recipient is greylisted as policy', said(451, '4.7.1 Greylisting in action', 'RCPT TO'), ['unavailable', 'message', 5]],
  ['the server cannot take this mail now', said(451, '4.3.0 Please come back later', 'DATA'), ['unavailable', 'message', 0]],
  ['a recipient is unknown', said(550, '5.1.1 No such mailbox', 'RCPT TO'), ['rejected', 'message', 0]],
])('%s: who is concerned, and for how many minutes', (_, facts, expected) => {
  expect(failure(facts)).toEqual(expected);
});

test('what happens while signing in concerns the whole channel', () => {
  const signingIn = { scope: 'channel' as const, signedInBy: 'password' as const };
  expect(failure({ ...said(535, '5.7.8 Wrong password', 'AUTH'), code: 'EAUTH' }, signingIn)).toEqual(['auth', 'channel', 0]);
  expect(failure({ ...said(454, '4.7.0 Too many sign-ins', 'AUTH'), code: 'EAUTH' }, signingIn)).toEqual(['rate-limited', 'channel', 5]);
  expect(failure(said(432, '4.3.2 Too many connections', 'AUTH'), signingIn)).toEqual(['unavailable', 'channel', 0]);
});

test('a line lost once the mail was on its way may have had to do with the mail', () => {
  expect(failure({ code: 'ECONNECTION' }, { outcome: 'unknown' })).toEqual(['unavailable', 'message', 0]);
});
