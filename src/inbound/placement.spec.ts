import { type Arrival, type Candidate, isAnotherSubject, mayJoinBySubject, refusal } from './placement.js';

const now = new Date('2026-03-02T10:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const arrival: Arrival = {
  ...{ direction: 'inbound', human: true, backfill: false, sentAt: now, baseSubject: 'your brass lamp' },
  ...{ isReply: true, reopenDays: 30, subjectDays: 5 },
};
const candidate: Candidate = {
  ...{ conversationId: 'c', number: 12, subjects: ['Your brass lamp'], closedSince: null, takesPart: true, excluded: false },
};
const reason = (a: Partial<Arrival>, c: Partial<Candidate>) => refusal({ ...arrival, ...a }, { ...candidate, ...c })?.reason ?? null;

test('a participant’s answer goes where it points', () => {
  expect(reason({}, {})).toBeNull();
});

test('a stranger who knows an id is let into no conversation, and an agent is told', () => {
  expect(refusal(arrival, { ...candidate, takesPart: false })).toMatchObject({
    reason: 'stranger',
    suspicious: true,
  });
});

test('our own side needs no admission, and is never too late', () => {
  expect(reason({ direction: 'outbound' }, { takesPart: false, closedSince: daysAgo(99) })).toBeNull();
});

test('an answer is too late a day after the time to reopen, not a day before', () => {
  expect(reason({}, { closedSince: daysAgo(31) })).toBe('continues');
  expect(reason({}, { closedSince: daysAgo(29) })).toBeNull();
  expect(reason({ reopenDays: 5 }, { closedSince: daysAgo(29) })).toBe('continues');
});

test('imported history is never too late', () => {
  expect(reason({ backfill: true }, { closedSince: daysAgo(300) })).toBeNull();
});

test('an entirely new subject splits, unless the mail answered had it', () => {
  expect(reason({ baseSubject: 'invoice for april' }, {})).toBe('split');
  expect(reason({ baseSubject: 'invoice for april' }, { subjects: ['Your brass lamp', 'Re: Invoice for April'] })).toBeNull();
});

test('machines are let in everywhere', () => {
  expect(reason({ human: false, baseSubject: 'undelivered mail returned' }, { takesPart: false, closedSince: daysAgo(300) })).toBeNull();
});

test.each([
  ['your lamp', 'Re: Your lamp', false],
  ['your lamp', 'AW: Deine Lampe', true],
  ['lamp no. 17 arrived broken', 'Where is lamp no. 17?', false],
  ['', 'Re: Your lamp', false],
  ['your lamp', 'Re:', false],
  ['your lamp', null, false],
  ['your lamp', 'Fwd: Re: Invoice', true],
  ['ランプの注文について', 'Re: ランプの注文', false],
  ['ランプの注文について', '請求書', true],
  ['订单问题', '回复：订单', false],
  ['🙂', '🙃', false],
])('"%s" beside "%s" is another subject: %p', (one, other, expected) => {
  expect(isAnotherSubject(one, other)).toBe(expected);
});

test.each<[string, Partial<Arrival>, boolean]>([
  ['an answer with a subject of its own', {}, true],
  ['the rule being off', { subjectDays: 0 }, false],
  ['a short subject', { baseSubject: 'the lamp' }, false],
  ['a subject of everybody’s', { baseSubject: 'contact form' }, false],
  ['a mail that answers nothing', { isReply: false }, false],
  ['a machine', { human: false }, false],
  ['our own side', { direction: 'outbound' }, false],
])('joining by subject: %s', (_what, change, expected) => {
  expect(mayJoinBySubject({ ...arrival, ...change })).toBe(expected);
});
