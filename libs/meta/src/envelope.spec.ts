import type { Draft } from '#libs/connector';
import { envelopeOf, prepareReply, type CommentEnvelope } from './envelope.js';

const draft = (more: Partial<Draft>): Draft => ({
  deliveryId: 'd-1',
  text: 'Hello',
  html: null,
  subject: null,
  cc: [],
  bcc: [],
  agentName: 'Ann',
  customer: { scope: 'facebook:104', id: '7311', name: null },
  answering: {},
  quoting: null,
  signature: null,
  automatic: false,
  at: new Date('2026-03-01T12:00:00Z'),
  ...more,
});
const to = (answering: CommentEnvelope, mode: 'public' | 'private', customer = '678') =>
  prepareReply(draft({ answering: { ...answering }, mode, customer: { scope: 'facebook-comment:104', id: customer, name: null } }));

test('a chat is answered by its person, and the message the agent chose is named', () => {
  expect(prepareReply(draft({}))).toEqual({ externalId: null, envelope: { mode: null, to: { id: '7311' } }, ownKeys: ['dm:7311'] });
  expect(prepareReply(draft({ answering: null, replyTo: 'm_1', answeringId: 'm_9' })).envelope).toEqual({
    mode: null,
    to: { id: '7311' },
    replyTo: 'm_1',
  });
});

test.each([
  ['a comment', { comment: '1_2', parent: null, root: null, post: '104_1' }, { comment: '1_2' }],
  ['an answer to a comment, by way of the topmost', { comment: '1_3', parent: '1_2', root: null, post: '104_1' }, { comment: '1_2' }],
  ['an answer deep down, by way of the topmost', { comment: '1_4', parent: '1_3', root: '1_2', post: '104_1' }, { comment: '1_2' }],
  ['a visitor’s post', { post: '104_6' }, { post: '104_6' }],
  ['a mention in a caption', { mentionIn: '179' }, { mentionIn: '179', comment: null }],
  ['a mention in a comment', { mentionIn: '179', comment: '180' }, { mentionIn: '179', comment: '180' }],
])('%s is answered publicly', (_, answering, place) => {
  expect(to(answering, 'public')).toEqual({ externalId: null, envelope: { mode: 'public', to: place }, ownKeys: [] });
});

test('without a choice a comment is answered where it stands', () => {
  expect(prepareReply(draft({ answering: { comment: '1_2' } })).envelope).toMatchObject({ mode: 'public' });
});

test('a private answer goes to the very comment or post that is answered', () => {
  const answering = { comment: '1_3', parent: '1_2', root: '1_2', post: '104_1' };
  expect(to(answering, 'private').envelope).toEqual({ mode: 'private', to: { comment: '1_3' }, author: '678' });
  expect(to(answering, 'private', 'unknown:1_3').envelope).toEqual({ mode: 'private', to: { comment: '1_3' } });
  expect(to({ post: '104_6' }, 'private').envelope).toEqual({ mode: 'private', to: { post: '104_6' }, author: '678' });
});

test('under somebody else’s post nobody is answered privately', () => {
  expect(() => to({ mentionIn: '179', comment: '180' }, 'private')).toThrow(
    expect.objectContaining({ kind: 'rejected', action: 'Answer publicly.' }) as Error,
  );
});

test('a reply planned before there were comments still knows its way', () => {
  expect(envelopeOf({ recipient: '7311' })).toEqual({ mode: null, to: { id: '7311' } });
  const { envelope } = prepareReply(draft({}));
  expect(envelopeOf(envelope)).toEqual(envelope);
});
