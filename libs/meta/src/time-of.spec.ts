import { type MetaAccount, type MetaPlatform, startMetaPlatform } from '#libs/simulators';
import { instagramLine } from './line.js';
import { timeOf } from './time-of.js';

const app = { appId: '900100200300400', appSecret: 'sim-app-secret-0001', verifyToken: 'let-me-in' };

let meta: MetaPlatform;
let account: MetaAccount;
beforeEach(async () => {
  meta = await startMetaPlatform(app);
  const page = meta.addPage({ name: 'Harbour Lamps' });
  account = meta.addInstagramAccount({ username: 'harbour.lamps', via: 'facebook', pageId: page.id });
});
afterEach(() => meta.stop());

const asked = (id: string) => {
  const options = { ...app, graphUrl: meta.url, instagramGraphUrl: meta.url, graphVersion: 'v26.0' };
  return timeOf(instagramLine(options, { accountId: account.id, accessToken: account.accessToken, via: 'facebook' }), id);
};
const comment = () => meta.customerComments(account, meta.addPost(account, { text: 'Glow' }), meta.customer('Ada Moss'), 'how much?');

test('a comment was written when Meta says, in whole seconds', async () => {
  const id = comment();
  expect(await asked(id)).toEqual(new Date(Math.floor(meta.comment(id)!.at / 1000) * 1000));
});

test('of one that is gone nothing is told', async () => {
  const id = comment();
  meta.customerDeletesComment(id);
  expect(await asked(id)).toBeNull();
});

test('a dead token is told from a comment that is gone', async () => {
  const id = comment();
  meta.killToken(account, 'expired');
  await expect(asked(id)).rejects.toMatchObject({ kind: 'auth' });
});
