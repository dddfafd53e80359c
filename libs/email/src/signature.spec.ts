import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { EmailSettings } from './settings.js';
import { signatureOf } from './signature.js';

const smtp = { host: 'mail.test', port: 465, secure: true };
const ann = { agentName: 'Ann', signature: 'Ann Lee\nLamps', customer: { scope: 'email', id: 'maya@example.com', name: 'Maya' } };
const below = (signature?: string, writer: Partial<typeof ann> | { signature: null } = {}) =>
  signatureOf({ ...ann, ...writer }, { address: 'shop@lamps.test', settings: { smtp, signature } });

test('the channel’s signature is filled in', () => {
  expect(below('{{agent.name}} for {{customer.name}}\n{{ agent.signature }}\n{{channel.address}}')).toBe(
    'Ann for Maya\nAnn Lee\nLamps\nshop@lamps.test',
  );
});

test('without one the agent’s own stands below, and without both nothing', () => {
  expect(below()).toBe('Ann Lee\nLamps');
  expect(below('  \n')).toBe('Ann Lee\nLamps');
  expect(below(undefined, { signature: null })).toBeNull();
  expect(below('{{agent.signature}}', { signature: null })).toBeNull();
});

test('what a name contains is not filled in again', () => {
  expect(below('{{customer.name}}', { customer: { ...ann.customer, name: '{{agent.name}}' } })).toBe('{{agent.name}}');
});

test('a variable that does not exist is refused when the settings are saved, and named', async () => {
  const faults = async (signature: string) =>
    (await validate(plainToInstance(EmailSettings, { smtp, signature }))).map(({ constraints }) => Object.values(constraints ?? {}).join());
  expect(await faults('{{agent.name}} { {x} }')).toEqual([]);
  expect(await faults('Yours, {{agent.nmae}}')).toEqual([
    expect.stringContaining('signature names {{agent.nmae}}; there are {{agent.name}},'),
  ]);
});
