import { type RequestListener, STATUS_CODES } from 'node:http';
import type { LiveView, ReadyView } from '../health/health.shapes.js';

const retrySeconds = 3;

/** What callers hear while the app is not there yet: that it lives, what it waits for, and when to ask again. */
export class WaitingRoom {
  /** What keeps the app from starting, e.g. the refused connection; empty while nothing does. */
  trouble = '';

  readonly answer: RequestListener = ({ url = '/', headers, method }, response) => {
    const path = url.split('?')[0]!;
    const send = (status: number, type: string, body: string) =>
      response
        .writeHead(status, { 'content-type': type, 'content-security-policy': policy, 'cache-control': 'no-store', ...retryAfter(status) })
        .end(body);
    if (path === '/health/live') return send(200, 'application/json', JSON.stringify({ status: 'ok' } satisfies LiveView));
    if (path === '/health/ready') return send(503, 'application/json', JSON.stringify(this.ready()));
    const isPage = method === 'GET' && headers.accept?.includes('text/html') && !/^\/(api|webhooks|metrics)(\/|$)/.test(path);
    return isPage ? send(503, 'text/html; charset=utf-8', page(this.waitsFor())) : send(503, 'application/problem+json', this.problem());
  };

  private ready(): ReadyView {
    const detail = this.trouble || 'is being opened';
    return { status: 'down', database: { status: 'down', detail }, queue: { status: 'down', detail: 'waits for the database' } };
  }

  private problem(): string {
    const detail = `Tributary is starting: ${this.waitsFor()}. Nothing was taken; send it again.`;
    return JSON.stringify({ type: 'about:blank', title: STATUS_CODES[503], status: 503, detail });
  }

  private waitsFor(): string {
    return this.trouble ? 'waiting for the database' : 'opening the database';
  }
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const retryAfter = (status: number) => (status === 503 ? { 'retry-after': String(retrySeconds) } : {});

const page = (what: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${retrySeconds}">
<title>Tributary is starting</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; text-align: center }</style>
<h1>Tributary is starting: ${what}</h1>
<p>This page reloads by itself.</p>
</html>
`;
