import type { MetaPlatform } from './platform.js';
import { startReceiver, type Receiver } from './receiver.js';
import type { MetaAccount } from './world.js';

type Node = Record<string, unknown>;

/** What Graph answered: the body's fields beside the status and the headers. */
export interface Answer extends Node {
  status: number;
  headers: Headers;
  id?: string;
  message_id?: string;
  recipient_id?: string;
  attachment_id?: string;
  data?: Node[];
  paging?: { cursors: { after: string }; next?: string };
  error?: { code: number; error_subcode?: number; message: string };
}

/** An app without any sense of its own: receives what comes, and calls what a test tells it. */
export interface SmallApp extends Receiver {
  get(account: MetaAccount, path: string): Promise<Answer>;
  post(account: MetaAccount, path: string, body?: object): Promise<Answer>;
  delete(account: MetaAccount, path: string): Promise<Answer>;
  /** Sends to a PSID or IGSID; `more` are fields beside `recipient` and `message`. */
  send(account: MetaAccount, recipient: string | object, message: string | object, more?: object): Promise<Answer>;
  /** All that came so far, once it has. */
  heard(): Promise<Node[]>;
}

const pageFields =
  'messages,message_echoes,message_deliveries,message_reads,message_edits,message_reactions,messaging_postbacks,messaging_referrals,messaging_handovers,standby,feed,mention';
const instagramFields =
  'messages,message_edit,message_reactions,messaging_postbacks,messaging_referral,messaging_seen,messaging_handover,standby,comments,live_comments,mentions';

/** Starts it, subscribed to all of these accounts. It hears of one event after the other, in their order. */
export async function startSmallApp(meta: MetaPlatform, ...accounts: MetaAccount[]): Promise<SmallApp> {
  const receiver = await startReceiver();
  meta.habits.postsAtOnce = 1;
  await meta.subscribe({ callbackUrl: receiver.url });
  const call = async (method: string, { accessToken }: MetaAccount, path: string, body?: object): Promise<Answer> => {
    const headers = { Authorization: `Bearer ${accessToken}`, ...(body && { 'Content-Type': 'application/json' }) };
    const response = await fetch(`${meta.url}/v26.0${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.status, headers: response.headers, ...((await response.json()) as Node) };
  };
  for (const account of accounts) {
    const fields = account.kind === 'page' ? pageFields : instagramFields;
    await call('POST', account, `/me/subscribed_apps?subscribed_fields=${fields}`);
  }
  return {
    ...receiver,
    get: (account, path) => call('GET', account, path),
    post: (account, path, body) => call('POST', account, path, body),
    delete: (account, path) => call('DELETE', account, path),
    send: (account, recipient, message, more = {}) =>
      call('POST', account, '/me/messages', {
        recipient: typeof recipient === 'string' ? { id: recipient } : recipient,
        message: typeof message === 'string' ? { text: message } : message,
        ...more,
      }),
    heard: async () => {
      await meta.settled();
      return receiver.events();
    },
  };
}

/** Code and subcode of a refusal; nothing of either where the call was answered. */
export const refusal = ({ error }: Answer): (number | undefined)[] =>
  error?.error_subcode ? [error.code, error.error_subcode] : [error?.code];
