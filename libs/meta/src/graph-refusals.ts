import { ConnectorError } from '#libs/connector';
import { meanings, noPermission, unclear, type Meaning } from './graph-meanings.js';
import { asObject, asText, type JsonObject } from './json.js';

/** Subcodes from here on are Meta's messaging ones: each means one thing, whatever code it comes under. */
const TELLING = 1_000_000;
const bySubcode = new Map(Object.entries(meanings).map(([name, meaning]) => [name.split('/').at(-1)!, meaning]));

/**
 * The {@link ConnectorError} for an answer of Graph that is not a success; undefined when the body is none of Graph's own
 * errors. Codes decide, never texts or the HTTP status: texts are localised, and statuses vary. What is unknown is final for a
 * write, and may be tried again for a read. `cause` has what Meta's support asks for.
 */
export function refusalIn(body: unknown, status: number, reading: boolean): ConnectorError | undefined {
  const error = asObject(asObject(body)?.error);
  if (!error) return undefined;
  const [code, subcode] = [error.code, error.error_subcode].map((part) => (part === undefined || part === null ? undefined : Number(part)));
  const { kind, says, action, waitMs, unclear, ofAccount, heldByOther, noPrivateReply, tooLate } = meaningOf(
    code,
    subcode,
    status,
    reading,
  );
  const words = theirWords(error);
  return new ConnectorError(kind, says ? `${says}. Meta: ${words}` : `Meta refused: ${words}`, {
    ...{ action, heldByOther, noPrivateReply, tooLate, retryAfterMs: waitMs },
    scope: ofAccount ? 'channel' : 'message',
    outcome: unclear ? 'unknown' : 'not-sent',
    code: [code, subcode].filter((part) => part !== undefined).join('/'),
    cause: { status, type: error.type, code, subcode, fbtrace_id: error.fbtrace_id, is_transient: error.is_transient },
  });
}

function meaningOf(code: number | undefined, subcode: number | undefined, status: number, reading: boolean): Meaning {
  const exact =
    meanings[`${code}/${subcode}`] ?? (subcode !== undefined && subcode >= TELLING ? bySubcode.get(String(subcode)) : undefined);
  const known = exact ?? meanings[String(code)];
  if (known) return known;
  if (code !== undefined && code >= 200 && code < 300) return noPermission;
  if (status >= 500) return unclear;
  return { kind: reading ? 'unavailable' : 'rejected' };
}

const theirWords = (error: JsonObject) => asText(error.error_user_msg) ?? asText(error.message) ?? 'no reason given';
