import { readFile } from 'node:fs/promises';
import { startReceiver, type Receiver } from '../receiver.js';
import { playScenario, type Line } from './run.js';
import { readScenario } from './scenario.js';

let hook: Receiver;
beforeEach(async () => void (hook = await startReceiver()));
afterEach(() => hook.stop());

const app = { appId: '900100200300400', appSecret: 's', verifyToken: 'v' };
const accounts = [{ as: 'shop', kind: 'page', name: 'Harbour Lamps', subscribed: true }];
const base = () => ({ app, accounts, time: 'fast', start: '2026-11-22T10:00:00Z', callbackUrl: hook.url });
async function play(scenario: object) {
  const lines: Line[] = [];
  const outcome = await playScenario(readScenario({ ...base(), ...scenario }), (line) => lines.push(line));
  return { lines, outcome };
}

test.each([
  ['app.appId: should be a text, not nothing', { app: {} }],
  ['app.colour: there is no such field', { app: { ...app, colour: 'red' } }],
  ['accounts[1].kind: should be one of page, instagram, not "group"', { accounts: [...accounts, { kind: 'group' }] }],
  ['habits.politeness: there is no such habit', { habits: { politeness: 1 } }],
  ['habits.duplicates: should be a number, not "many"', { habits: { duplicates: 'many' } }],
  ['habits.limits.sendsPerSecond: should be a number, not "few"', { habits: { limits: { sendsPerSecond: 'few' } } }],
  ['steps[0].do: there is no such deed', { steps: [{ do: 'dance' }] }],
  ['steps[1].text: should be a text, not 7', { steps: [{ do: 'settle' }, { do: 'write', account: 'shop', from: 'Ada', text: 7 }] }],
  ['steps[0].after: should be a time such as "250ms"', { steps: [{ after: 'soon', do: 'settle' }] }],
  ['steps[0].steps[0].how: should be one of', { steps: [{ repeat: 2, steps: [{ do: 'killToken', account: 'shop', how: 'boredom' }] }] }],
  ['steps[0].order[1]: should be a number', { steps: [{ do: 'release', order: [0, 'b'] }] }],
])('a wrong field is named by its path: %s', (problem, wrong) => {
  expect(() => readScenario({ ...base(), steps: [], ...wrong })).toThrow(problem);
});

test('a step that cannot be done ends the run with its path', async () => {
  await expect(play({ steps: [{ do: 'write', account: 'nobody', from: 'Ada', text: 'Hi' }] })).rejects.toThrow(
    'steps[0]: there is no account nobody',
  );
  const replied = { do: 'replied', account: 'shop', from: 'Ada', within: '50ms' };
  await expect(play({ steps: [replied] })).rejects.toThrow('steps[0]: Ada got 0 of 1 replies from shop within 50 ms');
});

test('steps happen at their times, on a clock that stands still in between; turns are numbered', async () => {
  const { lines, outcome } = await play({
    steps: [
      { do: 'write', account: 'shop', from: 'Ada', text: 'first', as: 'question' },
      { after: '2m', repeat: 3, every: '1h', steps: [{ do: 'write', account: 'shop', from: 'Customer {n%2}', text: 'turn {n}' }] },
      { at: '5h', do: 'unsend', account: 'shop', from: 'Ada', of: 'question' },
    ],
  });
  expect(
    outcome.messages.map(({ text, customer, at, withdrawn }) => [text, customer, new Date(at).toISOString().slice(11, 16), withdrawn]),
  ).toEqual([
    ['first', 'Ada', '10:00', true],
    ['turn 1', 'Customer 1', '10:02', false],
    ['turn 2', 'Customer 0', '11:02', false],
    ['turn 3', 'Customer 1', '12:02', false],
  ]);
  expect(lines.filter(({ kind }) => kind === 'step').map(({ at }) => String(at).slice(11, 16))).toEqual([
    '10:00',
    '10:02',
    '11:02',
    '12:02',
    '15:00',
  ]);
  expect(lines[0]).toMatchObject({ kind: 'ready', accounts: [{ as: 'shop', name: 'Harbour Lamps' }] });
  expect(hook.events()).toHaveLength(5);
});

test('42: a soak is one step: mixed traffic of all accounts, told in full to an app that listens', async () => {
  const habits = { duplicates: 0.1, reorderWithinMs: 30_000, batchWithinMs: 1000 };
  const steps = [
    { do: 'traffic', accounts: ['shop'], happenings: 200, every: '200ms' },
    { after: '2m', do: 'settle' },
  ];
  const { outcome } = await play({ habits, steps });
  const heard = new Set(hook.events().map(({ message }) => (message as { mid?: string } | undefined)?.mid));
  expect(outcome.messages.length).toBeGreaterThan(50);
  expect(outcome.messages.filter(({ mid }) => !heard.has(mid))).toEqual([]);
});

test('43: the same scenario with the same seed is the same run, line for line', async () => {
  const habits = { duplicates: 0.3, losses: 0.1, oddities: 0.2, reorderWithinMs: 30_000, batchWithinMs: 5000 };
  const steps = [
    { repeat: 40, every: '3s', steps: [{ do: 'write', account: 'shop', from: 'Customer {n%5}', text: '{n}' }] },
    { after: '2m', do: 'settle' },
  ];
  const told = async (seed: number) => (await play({ habits, steps, seed })).lines.slice(1);
  const first = await told(3);
  expect(first.some(({ kind }) => kind === 'fault-injected')).toBe(true);
  expect(await told(3)).toEqual(first);
  expect(await told(4)).not.toEqual(first);
});

test.each([
  ['token-dies', { messages: 26, lost: 5 }],
  ['a-day-at-the-shop', { messages: 35, lost: 0 }],
])('the example %s runs to its end', async (name, { messages, lost }) => {
  const json = JSON.parse(await readFile(`libs/simulators/scenarios/${name}.json`, 'utf8')) as { accounts: object[] };
  const accounts = json.accounts.map((account) => ({ ...account, subscribed: true }));
  const { outcome } = await play({ ...json, accounts, port: 0, callbackUrl: hook.url });
  expect(outcome.messages).toHaveLength(messages);
  expect(outcome.messages.filter(({ text }) => text.startsWith('Never posted'))).toHaveLength(lost);
  expect(outcome.failures['event-lost'] ?? 0).toBeGreaterThanOrEqual(lost);
});
