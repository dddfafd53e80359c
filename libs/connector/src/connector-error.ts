import type { Content } from './source.js';

/**
 * Why a platform did not do what we asked.
 * `auth`: an admin must reconnect. `rejected`: final, show the reason. `rate-limited` and `unavailable`: try again later.
 */
export type ConnectorErrorKind = 'auth' | 'rejected' | 'rate-limited' | 'unavailable';

/** One of several recipients whom a server would not take a message for, in its own words; `retryable` when only for now. */
export interface RefusedRecipient {
  recipient: string;
  code: string | null;
  message: string;
  retryable: boolean;
}

export interface ConnectorErrorDetails {
  /** Whether the customer may have received the message all the same. Default `not-sent`. */
  outcome?: 'not-sent' | 'unknown';
  /**
   * `channel` when any other message would meet this as well: the server cannot be reached, the account is throttled. Then the
   * whole channel waits, and one message alone finds out when it is over. Default `message`.
   */
  scope?: 'message' | 'channel';
  /** How long the platform asks us to wait, in milliseconds. */
  retryAfterMs?: number;
  /** What a person can do about it, as a sentence. */
  action?: string;
  /** The platform's own code, e.g. `190/460` or `550 5.1.1`. */
  code?: string;
  /** Where there are several recipients: whom it was refused for. Nobody got it. */
  refused?: RefusedRecipient[];
  /** Another app holds the chat; taking it over may help. */
  heldByOther?: boolean;
  /** The comment was answered privately already, or never can be. */
  noPrivateReply?: boolean;
  /** The platform's time for answers is over. */
  tooLate?: boolean;
  cause?: unknown;
}

/** A failure named where the fact is known. `message` is shown to agents and admins: plain words, the server's own where it gave some, no secrets. */
export class ConnectorError extends Error {
  readonly outcome: 'not-sent' | 'unknown';
  readonly scope: 'message' | 'channel';
  readonly retryAfterMs?: number;
  readonly action?: string;
  readonly code?: string;
  readonly refused: RefusedRecipient[];
  readonly heldByOther: boolean;
  readonly noPrivateReply: boolean;
  readonly tooLate: boolean;

  constructor(
    readonly kind: ConnectorErrorKind,
    message: string,
    details: ConnectorErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'ConnectorError';
    this.outcome = details.outcome ?? 'not-sent';
    this.scope = details.scope ?? 'message';
    this.retryAfterMs = details.retryAfterMs;
    this.action = details.action;
    this.code = details.code;
    this.refused = details.refused ?? [];
    this.heldByOther = details.heldByOther ?? false;
    this.noPrivateReply = details.noPrivateReply ?? false;
    this.tooLate = details.tooLate ?? false;
  }

  /** What is wrong and, where something is known to help, what to do: each ends its sentence, whoever worded it. */
  get advice(): string {
    return [this.message, this.action].flatMap((words) => (words ? [ended(words)] : [])).join(' ');
  }

  get retryable(): boolean {
    return this.kind === 'rate-limited' || this.kind === 'unavailable';
  }
}

const ended = (words: string) => (/[!?]$/.test(words) ? words : words.replace(/[\s.]*$/, '.'));

/** The bytes are not what they should be; trying again will not help until the parser is better. */
export class MalformedPayload extends Error {
  override name = 'MalformedPayload';
}

/** The bytes of a payload that its connector only ever gets in memory. Throws {@link MalformedPayload} when it is a file. */
export function inMemory(content: Content): Buffer {
  if (Buffer.isBuffer(content)) return content;
  throw new MalformedPayload(`The payload has ${content.size} bytes, more than is ever taken of this platform`);
}
