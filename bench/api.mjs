import { setTimeout as sleep } from 'node:timers/promises';

/** A signed-in admin of a running app. */
export class Api {
  constructor(url, headers) {
    this.url = url;
    this.headers = headers;
  }

  /** Waits until the app is ready, at most half a minute. */
  static async signIn(url, email, password) {
    for (const deadline = Date.now() + 30_000; ; await sleep(50)) {
      if (
        await fetch(`${url}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      if (Date.now() > deadline) throw new Error('the app did not become ready');
    }
    const json = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers: json, body: JSON.stringify({ email, password }) });
    const cookie = answer.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    return new Api(url, { ...json, cookie, 'x-csrf-token': (await answer.json()).csrfToken });
  }

  get(path) {
    return this.call('GET', path);
  }

  post(path, body) {
    return this.call('POST', path, body);
  }

  async call(method, path, body) {
    const answer = await fetch(`${this.url}/api/v1/${path}`, { method, headers: this.headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
