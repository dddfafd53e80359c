import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RemoteFiles } from './remote-files.js';
import { RemoteImages } from './remote-image.js';

const gif = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');
const asked: IncomingMessage[] = [];
let server: Server;
let base: string;

const pages: Record<string, (answer: ServerResponse) => unknown> = {
  '/picture.gif': (answer) => answer.writeHead(200, { 'content-type': 'image/gif; charset=binary' }).end(gif),
  '/moved': (answer) => answer.writeHead(302, { location: '/picture.gif' }).end('moved'),
  '/inside': (answer) =>
    answer.writeHead(302, { location: `http://127.0.0.1:${(server.address() as AddressInfo).port}/picture.gif` }).end(),
  '/round': (answer) => answer.writeHead(302, { location: '/round' }).end(),
  '/drawing.svg': (answer) => answer.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg/>'),
  '/page': (answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<script>1</script>'),
  '/huge.png': (answer) => answer.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(11 * 2 ** 20)),
  '/gone.png': (answer) => answer.writeHead(404).end(),
  '/silent.png': () => undefined,
};

beforeAll(async () => {
  server = createServer((request, answer) => {
    asked.push(request);
    pages[request.url ?? '']?.(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const reasonOf = (images: RemoteImages, url: string): Promise<string> =>
  images.fetch(url).then(
    () => 'fetched',
    (error: Error) => error.message,
  );

describe('where private networks may be reached', () => {
  const files = new RemoteFiles(true);
  const images = new RemoteImages(files);
  afterAll(() => files.onApplicationShutdown());

  test('a picture is fetched, also where it moved to, and its server learns nothing of the reader', async () => {
    for (const path of ['/picture.gif', '/moved'])
      expect(await images.fetch(base + path)).toEqual({ contentType: 'image/gif', content: gif });
    expect(asked.flatMap(({ headers }) => [headers.cookie, headers.referer, headers['accept-language']])).toEqual(
      asked.flatMap(() => [undefined, undefined, undefined]),
    );
  });

  test.each([
    ['/round', 'too often'],
    ['/drawing.svg', 'no picture'],
    ['/page', 'no picture'],
    ['/huge.png', 'more than 10 MB'],
    ['/gone.png', '404'],
  ])('%s is refused with the reason', async (path, reason) => {
    expect(await reasonOf(images, base + path)).toContain(reason);
  });

  test('a server that says nothing is not waited for', async () => {
    expect(await reasonOf(images, `${base}/silent.png`)).toContain('does not answer');
  }, 10_000);

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:image/gif;base64,R0', 'ftp://x/y.gif', 'picture.gif'])(
    '%s is no web address',
    async (url) => expect(await reasonOf(images, url)).toContain('no web address'),
  );
});

describe('where they may not', () => {
  const files = new RemoteFiles(false);
  const images = new RemoteImages(files);
  afterAll(() => files.onApplicationShutdown());

  test.each([
    ['a name that leads inside', () => base],
    ['loopback', () => 'http://127.0.0.1:9'],
    ['loopback in other clothes', () => 'http://2130706433:9'],
    ['loopback in IPv6', () => 'http://[::1]:9'],
    ['loopback mapped to IPv6', () => 'http://[::ffff:7f00:1]:9'],
    ['the cloud’s own data', () => 'http://169.254.169.254'],
    ['the office', () => 'http://10.0.0.1'],
  ])('%s is refused before anything is asked', async (_what, host) => {
    asked.length = 0;
    expect(await reasonOf(images, `${host()}/picture.gif`)).toContain('inside a private network');
    expect(asked).toEqual([]);
  });
});
