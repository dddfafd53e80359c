import { setTimeout as sleep } from 'node:timers/promises';

/** A refused call, with the reason the API gave. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    reason: string,
  ) {
    super(reason);
  }
}

interface Listed {
  id: string;
  type?: string;
  address?: string;
  email?: string;
  health?: { state: string; detail: string | null; lastSyncAt: string | null };
}

/** What a channel is created from: its connector's type, a name, and the settings that connector asks for. */
export interface NewChannel {
  type: string;
  name: string;
  address?: string;
  settings: Record<string, unknown>;
}

/** An admin who works through the public API, as the web page does. */
export class AdminClient {
  private readonly headers: Record<string, string> = { 'Content-Type': 'application/json' };

  constructor(private readonly url: string) {}

  async signIn(email: string, password: string): Promise<void> {
    const response = await this.call('POST', 'auth/login', { email, password });
    this.headers.cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    this.headers['X-CSRF-Token'] = ((await response.json()) as { csrfToken: string }).csrfToken;
  }

  /** Connects a channel. Of one that is there, the settings are renewed where we know it by its address: simulated mail servers change ports. */
  async connect(channel: NewChannel): Promise<void> {
    const { type, address, settings } = channel;
    const known = (await this.list('channels')).find((other) => other.type === type && (!address || other.address === address));
    if (!known) await this.call('POST', 'channels', channel);
    else if (address) await this.call('PATCH', `channels/${known.id}`, { settings });
  }

  /** Waits until the channel of this address was read to its end; throws with what keeps it from that after half a minute. */
  async untilSynced(address: string): Promise<void> {
    let health: Listed['health'];
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(200)) {
      health = (await this.list('channels')).find((channel) => channel.address === address)?.health;
      if (health?.lastSyncAt && health.state === 'ok') return;
    }
    throw new Error(`The channel ${address} does not get going: ${health?.detail ?? 'it was not read yet'}`);
  }

  async addColleague(colleague: { name: string; email: string; password: string; role: string }): Promise<void> {
    const known = (await this.list('users')).some(({ email }) => email === colleague.email);
    if (!known) await this.call('POST', 'users', colleague);
  }

  private async list(path: string): Promise<Listed[]> {
    const response = await this.call('GET', path);
    return ((await response.json()) as { items: Listed[] }).items;
  }

  private async call(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(`${this.url}/api/v1/${path}`, { method, headers: this.headers, body: body && JSON.stringify(body) });
    if (response.ok) return response;
    throw new Refused(response.status, `${method} ${path} was answered ${response.status}: ${await response.text()}`);
  }
}
