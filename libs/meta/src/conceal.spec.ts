import { callOAuth } from './oauth-call.js';
import { ScriptedGraph } from './scripted-graph.js';
import { factsOfToken } from './token-facts.js';

let graph: ScriptedGraph;
beforeEach(async () => void (graph = await ScriptedGraph.start()));
afterEach(() => graph.stop());

const quoting = (...secrets: string[]) => ({
  status: 400,
  body: { error: { message: `Malformed: ${secrets.join(', ')}`, type: 'OAuthException', code: 190 } },
});
const failure = (work: Promise<unknown>) => work.then(() => null).catch((error: Error) => error.message);

test('secrets of a login that Meta quotes back are not shown', async () => {
  graph.answer('GET oauth/access_token', quoting('S3CRET', 'EAAshort', 'the-code'));
  const query = { client_id: '900', client_secret: 'S3CRET', fb_exchange_token: 'EAAshort', code: 'the-code' };
  expect(await failure(callOAuth(`${graph.url}/v26.0/oauth/access_token`, { query }))).toMatch(/Malformed: …, …, …$/);
  graph.answer('POST oauth/access_token', quoting('S3CRET', 'the-code'));
  const form = { client_id: '900', client_secret: 'S3CRET', code: 'the-code' };
  expect(await failure(callOAuth(`${graph.url}/v26.0/oauth/access_token`, { form }))).toMatch(/Malformed: …, …$/);
});

test('a token that Meta quotes when it is asked what it is good for is not shown', async () => {
  const options = { appId: '900', appSecret: 'S3CRET', graphUrl: graph.url, instagramGraphUrl: '', graphVersion: 'v26.0' };
  graph.answer('GET debug_token', quoting('EAApage', '900|S3CRET'));
  expect(await failure(factsOfToken(options, 'EAApage'))).toMatch(/Malformed: …, …$/);
  const dead = { is_valid: false, error: { code: 190, subcode: 460, message: 'The token EAApage is dead' } };
  graph.answer('GET debug_token', { body: { data: dead } });
  expect(await failure(factsOfToken(options, 'EAApage'))).toMatch(/The token … is dead$/);
});
