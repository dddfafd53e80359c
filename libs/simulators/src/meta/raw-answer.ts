import type { Readable } from 'node:stream';

/** An answer that is not Graph's JSON: a page of a dialog, a redirect, a file. */
export class RawAnswer {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string>,
    readonly body: string | Buffer | Readable = '',
  ) {}

  static html(body: string, status = 200): RawAnswer {
    return new RawAnswer(status, { 'Content-Type': 'text/html; charset=utf-8' }, body);
  }

  static redirect(location: string): RawAnswer {
    return new RawAnswer(302, { Location: location });
  }
}
