import { ConnectorError } from '#libs/connector';
import { requestOnce } from './commit-request.js';
import { refusalIn } from './graph-refusals.js';
import { asObject, jsonOrUndefined, type JsonObject } from './json.js';
import { turnOf } from './pace.js';
import { appSecretProof } from './signature.js';
import { admit, noteRefusal, noteUsage } from './usage.js';
import { conceal } from './conceal.js';

/** One account's road to Graph. */
export interface GraphAccess {
  /** With the version, without a slash at the end: `https://graph.facebook.com/v26.0`. */
  baseUrl: string;
  token: string;
  /** Where `appsecret_proof` is known to be understood: the secret to make it with. */
  proofSecret?: string;
  /** Whose quota calls count against; absent before an account is connected. */
  account?: string;
}

export interface GraphCall {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: JsonObject;
  /** Instead of `body`: fields and files as multipart/form-data. */
  form?: FormData;
  /** Awaited when the connection stands, right before the first byte leaves: of writes that the customer sees. */
  committing?: () => Promise<void>;
  /** A read that an agent's reply waits for: it may use what other reads have to leave of the quota. Writes always may. */
  urgent?: boolean;
}

/** What Graph answered, and its own clock. */
export interface GraphAnswer {
  body: JsonObject;
  at: Date;
}

const TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 120_000;

// Before a connection stands nothing can have arrived.
const NEVER_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|.*CERT.*)$/;

/**
 * Calls Graph once, as soon as quota and pace allow. Throws {@link ConnectorError}; its `outcome` is told as for a write, and
 * `rate-limited` without a call where the quota is all but used up. The token travels in a header, as addresses end up in logs.
 */
export async function callGraph(access: GraphAccess, call: GraphCall): Promise<GraphAnswer> {
  await admit(access, call);
  await turnOf(access, call);
  const response = await request(access, call);
  noteUsage(access, call, response.headers);
  const text = await response.text().catch((error: unknown) => {
    throw lost(error);
  });
  const body = jsonOrUndefined(text);
  const refusal = refusalIn(body, response.status, call.method === 'GET');
  if (refusal) throw conceal(noteRefusal(access, call, refusal, response.headers), [access.token, call.query?.input_token]);
  const object = asObject(body);
  if (!response.ok || !object) throw notGraph(response.status);
  return { body: object, at: new Date(response.headers.get('date') ?? Date.now()) };
}

async function request(access: GraphAccess, { method, path, query, body, form, committing }: GraphCall): Promise<Response> {
  const proof = access.proofSecret && { appsecret_proof: appSecretProof(access.proofSecret, access.token) };
  const parameters = new URLSearchParams({ ...query, ...proof });
  const headers = {
    Authorization: `Bearer ${access.token}`,
    Accept: 'application/json',
    ...(body && { 'Content-Type': 'application/json' }),
  };
  const url = `${access.baseUrl}/${path}?${parameters.toString()}`;
  const text = body && JSON.stringify(body);
  if (committing) return write(url, { method, headers, body: text, timeoutMs: TIMEOUT_MS }, committing);
  const signal = AbortSignal.timeout(form ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS);
  try {
    return await fetch(url, {
      method,
      headers,
      body: form ?? text,
      signal,
      redirect: 'manual',
    });
  } catch (error) {
    throw lost(error);
  }
}

/** Up to the commitment nothing can have arrived. */
async function write(url: string, request: Parameters<typeof requestOnce>[1], committing: () => Promise<void>): Promise<Response> {
  const reached: { committed: boolean; refusal?: unknown } = { committed: false };
  const commit = async () => {
    await committing().catch((error: unknown) => {
      reached.refusal = error;
      throw error;
    });
    reached.committed = true;
  };
  try {
    return await requestOnce(url, request, commit);
  } catch (error) {
    throw error === reached.refusal ? error : lost(error, reached.committed);
  }
}

function lost(error: unknown, mayHaveArrived = true): ConnectorError {
  const outcome = mayHaveArrived ? 'unknown' : 'not-sent';
  const { name, cause } = error as Error & { cause?: { code?: string; syscall?: string } };
  if (name === 'TimeoutError') return unavailable('Meta did not answer in time', outcome, error);
  const code = cause?.code ?? name;
  return cause?.syscall === 'connect' || NEVER_CONNECTED.test(code)
    ? unavailable(`Meta could not be reached (${code})`, 'not-sent', error)
    : unavailable(`The connection to Meta broke off (${code})`, outcome, error);
}

/** HTML of a gateway, or nothing at all: below 500 it was turned away before Graph saw it. */
const notGraph = (status: number) =>
  new ConnectorError('unavailable', `Meta answered ${status} without saying why`, {
    outcome: status >= 500 || status < 300 ? 'unknown' : 'not-sent',
    scope: status >= 500 ? 'channel' : 'message',
    cause: { status },
  });

/** Whatever else is called now would not get through either. */
const unavailable = (message: string, outcome: 'not-sent' | 'unknown', cause: unknown) =>
  new ConnectorError('unavailable', message, { outcome, scope: 'channel', cause });
