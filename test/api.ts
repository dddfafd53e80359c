import type { components } from '../web/src/api/schema.js';

type Schemas = components['schemas'];
export type Conversation = Schemas['ConversationView'];
export type Message = Schemas['MessageView'];
export type Channel = Schemas['ChannelView'];
export type InboundEvent = Schemas['InboundEventView'];
export type Delivery = Schemas['DeliveryItem'];
export type User = Schemas['UserView'];
export type Attachment = Schemas['AttachmentView'];
export type Contact = Schemas['ContactView'];
export interface List<T> {
  items: T[];
  nextCursor: string | null;
}
/** RFC 9457, with our additions. */
export interface Problem {
  title: string;
  status: number;
  detail: string;
  errors: Array<{ path: string; message: string }>;
}
export interface ServerEvent {
  id: string | null;
  type: string;
  data: { conversationId?: string; messageId?: string };
}

/** The public API as a script uses it; each call names what it expects back. */
export class Api {
  private constructor(
    readonly url: string,
    /** What makes a request this user's. */
    readonly headers: Record<string, string>,
    readonly me: { id: string; name: string },
  ) {}

  /** Signs in and makes an API key, so that requests need no cookie. */
  static async signIn(url: string, email: string, password: string): Promise<Api> {
    const login = await fetch(`${url}/api/v1/auth/login`, json({ email, password }));
    if (login.status !== 200) throw new Error(`cannot sign in: ${login.status} ${await login.text()}`);
    const { user, csrfToken } = (await login.json()) as { user: { id: string; name: string }; csrfToken: string };
    const cookie = login.headers.getSetCookie()[0]!.split(';')[0]!;
    const created = await fetch(`${url}/api/v1/api-keys`, json({ name: 'tests' }, { cookie, 'x-csrf-token': csrfToken }));
    const { key } = (await created.json()) as { key: string };
    return new Api(url, { authorization: `Bearer ${key}` }, user);
  }

  get = <T = Problem>(path: string, headers: Record<string, string> = {}) => this.call<T>('GET', path, undefined, headers);
  post = <T = Problem>(path: string, body?: unknown, headers: Record<string, string> = {}) => this.call<T>('POST', path, body, headers);
  put = <T = Problem>(path: string, body?: unknown) => this.call<T>('PUT', path, body);
  patch = <T = Problem>(path: string, body?: unknown, headers: Record<string, string> = {}) => this.call<T>('PATCH', path, body, headers);
  delete = <T = Problem>(path: string) => this.call<T>('DELETE', path, undefined);

  raw(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/api/v1${path}`, { headers: { ...this.headers, ...headers } });
  }

  async upload<T>(path: string, body: FormData): Promise<{ status: number; body: T }> {
    const response = await fetch(`${this.url}/api/v1${path}`, { method: 'POST', headers: this.headers, body });
    return { status: response.status, body: (await response.json()) as T };
  }

  /** The items of a list, of all its pages. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { status, body }: { status: number; body: List<T> } = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${cursor}`}`,
      );
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      items.push(...body.items);
      cursor = body.nextCursor;
    }
    return items;
  }

  /** Server-sent events as they come, until the controller aborts. */
  async *events(signal: AbortSignal, lastEventId?: string): AsyncGenerator<ServerEvent> {
    const headers = { ...this.headers, ...(lastEventId && { 'last-event-id': lastEventId }) };
    const response = await fetch(`${this.url}/api/v1/events`, { headers, signal });
    let buffer = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (buffer + chunk).split('\n\n');
      buffer = blocks.pop()!;
      for (const block of blocks) yield parseEvent(block);
    }
  }

  private async call<T>(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T; headers: Headers }> {
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = { ...content, ...this.headers, ...headers };
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: sent,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    const parsed: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
    return { status: response.status, body: parsed as T, headers: response.headers };
  }
}

const json = (body: unknown, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers } as Record<string, string>,
});

function parseEvent(block: string): ServerEvent {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s).slice(0, 2))) as Record<string, string>;
  return { id: fields.id ?? null, type: fields.event ?? 'message', data: JSON.parse(fields.data ?? '{}') as ServerEvent['data'] };
}
