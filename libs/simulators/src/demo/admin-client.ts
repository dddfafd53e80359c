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

  /** Connects a channel, or tells one that is there its new settings: the simulators' ports differ from start to start. */
  async connect(channel: NewChannel): Promise<void> {
    const known = (await this.list('channels')).find(({ type, address }) => type === channel.type && address === channel.address);
    if (known) await this.call('PATCH', `channels/${known.id}`, { settings: channel.settings });
    else await this.call('POST', 'channels', channel).catch(unlessAlreadyThere);
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

function unlessAlreadyThere(error: unknown): void {
  if (!(error instanceof Refused) || error.status !== 409) throw error;
}
