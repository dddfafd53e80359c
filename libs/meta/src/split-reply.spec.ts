import type { ConnectorError, FileFacts, ReplyMode } from '#libs/connector';
import type { Platform } from './line.js';
import { splitReply } from './split-reply.js';

const MB = 1024 * 1024;
const file = (contentType: string, size = 1000, filename = 'lamp'): FileFacts => ({ id: filename, filename, contentType, size });
const split = (platform: Platform, text: string, files: FileFacts[] = [], mode: ReplyMode | null = null) =>
  splitReply({ text, files, mode }, platform);

function refusal(attempt: () => unknown): ConnectorError {
  try {
    attempt();
  } catch (error) {
    return error as ConnectorError;
  }
  throw new Error('nothing was refused');
}

test.each([
  ['messenger', 2000, 'x'],
  ['messenger', 1000, '😀'],
  ['instagram', 1000, 'x'],
  ['instagram', 500, 'é'],
  ['instagram', 250, '😀'],
] as const)('%s takes %d × %s in one message, and one more in a second', (platform, count, unit) => {
  expect(split(platform, unit.repeat(count))).toEqual([{ text: unit.repeat(count), fileIds: [] }]);
  expect(split(platform, unit.repeat(count + 1))).toEqual([
    { text: unit.repeat(count), fileIds: [] },
    { text: unit, fileIds: [] },
  ]);
});

test('text goes first, then each file by itself', () => {
  const files = [file('image/png', 1, 'a'), file('application/pdf', 1, 'b')];
  expect(split('instagram', 'Here they are', files)).toEqual([
    { text: 'Here they are', fileIds: [] },
    { text: '', fileIds: ['a'] },
    { text: '', fileIds: ['b'] },
  ]);
  expect(split('messenger', ' \n', files).map(({ fileIds }) => fileIds)).toEqual([['a'], ['b']]);
});

test.each([
  ['messenger', 'text/csv', 25 * MB],
  ['instagram', 'image/jpeg', 8 * MB],
  ['instagram', 'image/png', 8 * MB],
  ['instagram', 'audio/mp4', 25 * MB],
  ['instagram', 'video/quicktime', 25 * MB],
  ['instagram', 'application/pdf', 25 * MB],
] as const)('%s takes %s up to %d bytes; a larger file is refused by its name', (platform, type, most) => {
  expect(split(platform, '', [file(type, most)])).toHaveLength(1);
  const error = refusal(() => split(platform, 'Hi', [file(type, most + 1, 'big one')]));
  expect(error).toMatchObject({ kind: 'rejected', message: expect.stringMatching(/“big one” is too large: [\d.]+ MB/) });
});

test.each(['text/csv', 'image/heic', 'audio/mpeg', 'application/zip'])('Instagram takes no %s, and says what it takes', (type) => {
  expect(refusal(() => split('instagram', 'Hi', [file(type)]))).toMatchObject({
    kind: 'rejected',
    message: `Instagram does not take “lamp” (${type}).`,
    action: expect.stringContaining('image/png'),
  });
});

test('a public answer is one comment: on Facebook with one picture, on Instagram short and without files', () => {
  const picture = file('image/jpeg', 1, 'a');
  expect(split('messenger', 'x'.repeat(8000), [picture], 'public')).toEqual([{ text: 'x'.repeat(8000), fileIds: ['a'] }]);
  expect(split('messenger', '', [picture], 'public')).toEqual([{ text: '', fileIds: ['a'] }]);
  expect(split('instagram', 'x'.repeat(300), [], 'public')).toEqual([{ text: 'x'.repeat(300), fileIds: [] }]);
  expect(refusal(() => split('messenger', 'x'.repeat(8001), [], 'public')).message).toContain('too long');
  expect(refusal(() => split('instagram', 'x'.repeat(301), [], 'public')).message).toContain('at most 300');
  expect(refusal(() => split('messenger', 'x', [picture, picture], 'public')).message).toContain('one picture');
  expect(refusal(() => split('messenger', 'x', [file('application/pdf')], 'public')).message).toContain('“lamp”');
  expect(refusal(() => split('instagram', 'x', [picture], 'public')).message).toContain('“a” cannot be sent');
});

test('a private answer to a comment is a single message, as Meta takes no second', () => {
  const picture = file('image/jpeg', 1, 'a');
  expect(split('messenger', 'x'.repeat(2000), [], 'private')).toHaveLength(1);
  expect(split('messenger', '', [picture], 'private')).toEqual([{ text: '', fileIds: ['a'] }]);
  expect(refusal(() => split('messenger', 'x'.repeat(2001), [], 'private')).message).toContain('too long');
  expect(refusal(() => split('messenger', 'x', [picture], 'private')).message).toContain('either text or one file');
  expect(refusal(() => split('messenger', '', [picture, picture], 'private')).message).toContain('one message');
  expect(refusal(() => split('instagram', 'é'.repeat(501), [], 'private')).message).toContain('1002 bytes');
  expect(refusal(() => split('instagram', '', [picture], 'private')).message).toContain('without files');
});

test.each(['messenger', 'instagram'] as const)('%s: nothing at all is refused', (platform) => {
  for (const mode of [null, 'public', 'private'] as const)
    expect(refusal(() => split(platform, ' \n', [], mode))).toMatchObject({ kind: 'rejected', message: 'There is no text to send.' });
});
