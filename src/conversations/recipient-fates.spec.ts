import { afterFailure, afterTaken, awaiting, faultOf, givenUp, hasReached, onceMore, stillToReach } from './recipient-fates.js';

const refusal = (recipient: string, retryable: boolean) => ({ recipient, code: retryable ? '450' : '550', message: 'No', retryable });
const states = (fates: ReturnType<typeof awaiting>) => fates!.map(({ state }) => state);

test('what a server takes is sent to all but those it refuses, and offered again to those it puts off', () => {
  const fates = afterTaken(awaiting(['ada', 'bob', 'eve']), [refusal('BOB', false), refusal('eve', true)]);
  expect(states(fates)).toEqual(['sent', 'refused', 'queued']);
  expect(stillToReach(fates)).toEqual(['eve']);
  expect(states(afterTaken(fates, []))).toEqual(['sent', 'refused', 'sent']);
});

test('who was refused is not among those who have it, also when an echo came first; who bounced is not among those it was taken for', () => {
  const echoed = afterTaken(awaiting(['ada', 'bob']), []);
  expect(states(afterTaken(echoed, [refusal('bob', false)]))).toEqual(['sent', 'refused']);
  const bounced = [{ ...echoed![0]!, state: 'failed' as const }, ...awaiting(['bob'])!];
  expect(states(afterTaken(bounced, []))).toEqual(['failed', 'sent']);
});

test('what it does not take has reached nobody, and who was refused for good is not asked for again', () => {
  const fates = afterFailure(awaiting(['ada', 'bob']), { message: 'Later', refused: [refusal('bob', false)] });
  expect([states(fates), hasReached(fates), stillToReach(fates)]).toEqual([['queued', 'refused'], false, ['ada']]);
  expect(states(givenUp(fates))).toEqual(['failed', 'refused']);
});

test('sent again it goes to those who did not get it; to all when nobody knows who did', () => {
  const fates = givenUp(afterTaken(awaiting(['ada', 'bob', 'eve']), [refusal('bob', false), refusal('eve', true)]));
  expect(stillToReach(onceMore(fates))).toEqual(['bob', 'eve']);
  expect(stillToReach(onceMore(afterTaken(awaiting(['ada', 'bob']), [])))).toEqual(['ada', 'bob']);
});

test('an agent reads who did not get it, before who has not got it yet', () => {
  const fates = afterTaken(awaiting(['ada', 'bob', 'eve']), [refusal('bob', false), refusal('eve', true)]);
  expect(faultOf(fates)).toMatchObject({ errorCode: '550', errorMessage: 'It did not reach bob. No', errorAction: expect.any(String) });
  expect(faultOf(fates!.filter(({ recipient }) => recipient !== 'bob'))).toMatchObject({ errorCode: '450', errorRetryable: true });
  expect(faultOf(afterTaken(awaiting(['ada']), []))).toMatchObject({ errorMessage: null });
});

test('a connector that names no recipients is left alone', () => {
  expect([awaiting(undefined), stillToReach(null), afterTaken(null, []), onceMore(null), hasReached(null)]).toEqual([
    null,
    undefined,
    null,
    null,
    false,
  ]);
});
