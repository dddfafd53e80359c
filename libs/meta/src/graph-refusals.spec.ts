import { refusalIn } from './graph-refusals.js';

const refused = (
  code: unknown,
  subcode?: unknown,
  { status = 400, reading = false, ...more }: { status?: number; reading?: boolean; message?: string } = {},
) => refusalIn({ error: { message: 'Meta’s own words', code, error_subcode: subcode, fbtrace_id: 'AbC', ...more } }, status, reading);

test.each([
  // code, subcode, kind, what the agent reads, what they can do
  [1, undefined, 'unclear', /leaves open/, undefined],
  [1, 99, 'rejected', /lacks a permission/, /admin/],
  [1, 1357046, 'unclear', /leaves open/, undefined],
  [2, undefined, 'unclear', /leaves open/, undefined],
  [2, 1545133, 'unclear', /leaves open/, undefined],
  [3, undefined, 'rejected', /capability/, /admin/],
  [4, undefined, 'rate-limited', /slow down/, undefined],
  [4, 2018022, 'rate-limited', /slow down/, undefined],
  [10, undefined, 'auth', /permission is missing/, /reconnect/],
  [10, 2018278, 'rejected', /time to answer/, /writes again/],
  [10, 2534022, 'rejected', /time to answer/, /writes again/],
  [10, 2018065, 'rejected', /time to answer/, /writes again/],
  [10, 2018108, 'rejected', /not receiving/, /later/],
  [10, 2018300, 'rejected', /Another app holds/, /Take the chat over/],
  [10, 2534077, 'auth', /link between Instagram/, /two-factor/],
  [10, 1893063, 'rejected', /restricted this Page/, /admin/],
  [10, 2018336, 'rejected', /this kind of message/, undefined],
  [10, 1404170, 'rejected', /this kind of message/, undefined],
  [10, 1893015, 'rejected', /this kind of message/, undefined],
  [17, undefined, 'rate-limited', /slow down/, undefined],
  [32, undefined, 'rate-limited', /slow down/, undefined],
  [613, undefined, 'rate-limited', /slow down/, undefined],
  [613, 1996, 'rate-limited', /odd/, undefined],
  [613, 2534040, 'rate-limited', /slow down/, undefined],
  [613, 2018338, 'rate-limited', /unasked/, /admin/],
  [80000, undefined, 'rate-limited', /slow down/, undefined],
  [80001, undefined, 'rate-limited', /slow down/, undefined],
  [80002, undefined, 'rate-limited', /slow down/, undefined],
  [80003, undefined, 'rate-limited', /slow down/, undefined],
  [80004, undefined, 'rate-limited', /slow down/, undefined],
  [80005, undefined, 'rate-limited', /slow down/, undefined],
  [80006, undefined, 'rate-limited', /slow down/, undefined],
  [80008, undefined, 'rate-limited', /slow down/, undefined],
  [20, 1772107, 'unclear', /leaves open/, undefined],
  [27, undefined, 'rejected', /default app/, /set a default app/],
  [100, undefined, 'rejected', /Meta’s own words/, undefined],
  [100, 33, 'rejected', /no longer there/, undefined],
  [100, 2018001, 'rejected', /cannot be reached/, /another channel/],
  [100, 2534014, 'rejected', /cannot be reached/, /another channel/],
  [100, 2018008, 'unavailable', /fetch the file/, undefined],
  [100, 2018294, 'unavailable', /fetch the file/, undefined],
  [100, 2018047, 'rejected', /did not accept the file/, /common format/],
  [100, 2018074, 'rejected', /did not accept the file/, /common format/],
  [100, 2018109, 'rejected', /too large/, /smaller/],
  [100, 2534013, 'auth', /No Instagram account/, /reconnect/],
  [100, 2534015, 'rejected', /does not accept/, undefined],
  [100, 2534025, 'rejected', /private answer/, /publicly/],
  [100, 2534029, 'rejected', /blocked this account/, /admin/],
  [100, 2534037, 'rejected', /Another app holds/, /Take the chat over/],
  [100, 2018218, 'rejected', /does not show/, undefined],
  [100, 2018247, 'rejected', /does not show/, undefined],
  [102, undefined, 'auth', /no longer valid/, /reconnect/],
  [190, undefined, 'auth', /no longer valid/, /reconnect/],
  [190, 458, 'auth', /removed/, /reconnect/],
  [190, 459, 'auth', /security check/, /Log in to Facebook/],
  [190, 460, 'auth', /password/, /reconnect/],
  [190, 463, 'auth', /expired/, /reconnect/],
  [190, 464, 'auth', /confirmed/, /Log in to Facebook/],
  [190, 467, 'auth', /logout/, /reconnect/],
  [190, 492, 'auth', /role/, /reconnect/],
  [200, undefined, 'auth', /permission is missing/, /reconnect/],
  [299, undefined, 'auth', /permission is missing/, /reconnect/],
  [200, 2018028, 'rejected', /not yet allowed/, /App Review/],
  [200, 2018027, 'rejected', /not yet allowed/, /App Review/],
  [200, 1545041, 'rejected', /not receiving/, /later/],
  [551, undefined, 'rejected', /not receiving/, /later/],
  [551, 1545041, 'rejected', /not receiving/, /later/],
  [200, 2534041, 'rejected', /switched off/, /Allow access/],
  [230, undefined, 'rejected', /does not show/, undefined],
  [341, undefined, 'rate-limited', /paused/, /admin/],
  [368, undefined, 'rate-limited', /paused/, /admin/],
  [506, undefined, 'rejected', /repetition/, /differently/],
  [1446036, undefined, 'rejected', /repetition/, /differently/],
  [508, undefined, 'rejected', /link/, /without the link/],
  [508, 2534122, 'rejected', /link/, /without the link/],
  [803, undefined, 'rejected', /id/, undefined],
  [1200, undefined, 'unavailable', /just now/, undefined],
  [2022, undefined, 'rejected', /purchases/, undefined],
  [2500, undefined, 'rejected', /does not know this call/, /version/],
  [9010, undefined, 'rejected', /does not show/, undefined],
  [10900, undefined, 'rejected', /private answer/, /publicly/],
  [10903, undefined, 'rejected', /private answer/, /publicly/],
  [100, 2534001, 'rejected', /archived/, undefined],
  [2534001, undefined, 'rejected', /archived/, undefined],
  [36103, undefined, 'rejected', /may not do this/, /professional/],
  [9000001, undefined, 'rejected', /deleted, or is older/, undefined],
  [2018321, undefined, 'unavailable', /automated flow/, undefined],
  [100, 2018321, 'unavailable', /automated flow/, undefined],
])('%p/%p is %s', (code, subcode, kind, says, action) => {
  const error = refused(code, subcode)!;
  expect(error).toMatchObject({
    kind: kind === 'unclear' ? 'unavailable' : kind,
    outcome: kind === 'unclear' ? 'unknown' : 'not-sent',
    code: subcode === undefined ? String(code) : `${code}/${subcode}`,
    heldByOther: [2018300, 2534037].includes(Number(subcode)),
    noPrivateReply: [10900, 10903].includes(code) || subcode === 2534025,
    cause: { fbtrace_id: 'AbC', status: 400 },
  });
  expect(error.message).toMatch(says);
  expect(error.message).toContain('Meta’s own words');
  expect(error.message).not.toContain('AbC');
  expect(error.action ?? '').toMatch(action ?? /^$/);
});

test.each([
  [341, undefined],
  [368, undefined],
  [613, 2018338],
])('%p/%p is not tried again for an hour', (code, subcode) => expect(refused(code, subcode)!.retryAfterMs).toBe(3_600_000));

test('messaging subcodes mean the same under whatever code they come; others do not', () => {
  for (const code of [10, 100, 200, 987]) expect(refused(code, 2018300)).toMatchObject({ kind: 'rejected', heldByOther: true });
  expect(refused(100, 1545041)!.message).toMatch(/not receiving/);
  expect(refused(190, 33)!.kind).toBe('auth');
});

test('neither the language of the text nor the HTTP status decides, and numbers may come as text', () => {
  for (const status of [400, 401, 403, 500, 503])
    expect(refused('190', '463', { status, message: 'Pyyntöä ei voitu suorittaa.' })).toMatchObject({ kind: 'auth', code: '190/463' });
});

test('what is unknown is final for a write, may be tried again for a read, and is unclear where the server was in trouble', () => {
  expect(refused(987654)).toMatchObject({ kind: 'rejected', outcome: 'not-sent' });
  expect(refused(987654, undefined, { reading: true })).toMatchObject({ kind: 'unavailable' });
  expect(refused(987654, undefined, { status: 500 })).toMatchObject({ kind: 'unavailable', outcome: 'unknown' });
  expect(refused(undefined)).toMatchObject({ kind: 'rejected', code: '' });
});

test('what is no error of Graph’s is none', () => {
  for (const body of [undefined, null, [], 'text', {}, { error: 'text' }, { data: [] }])
    expect(refusalIn(body, 400, false)).toBeUndefined();
});

test.each([
  ['a limit of the app', 4, undefined, 400, 'channel'],
  ['a limit of the account', 32, undefined, 400, 'channel'],
  ['a limit of all but chats', 80001, undefined, 400, 'message'],
  ['a block of the account', 368, undefined, 400, 'channel'],
  ['a dead token', 190, 460, 400, 'channel'],
  ['a missing permission for this kind of call', 10, undefined, 403, 'message'],
  ['trouble at Meta', 2, undefined, 500, 'channel'],
  ['trouble at Meta with this very message', 1, 1357046, 500, 'message'],
  ['a person who takes no messages', 551, undefined, 400, 'message'],
])('%s: who is concerned', (_, code, subcode, status, scope) => {
  expect(refused(code, subcode, { status })?.scope).toBe(scope);
});

test('that the time to answer is over is told apart from other refusals', () => {
  expect([refused(10, 2018278)?.tooLate, refused(551)?.tooLate]).toEqual([true, false]);
});
