import { text } from '../text/text.js';

export interface FieldProblem {
  path: string;
  message: string;
}

/** A refused request, as the server's `application/problem+json` (RFC 9457) tells it; `message` is fit to be shown. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly errors: FieldProblem[] = [],
  ) {
    super(detail);
    this.name = 'Problem';
  }

  /** Reads a refusal; one that is not ours (a proxy's page) is told in our own words. */
  static async from(response: Response): Promise<Problem> {
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => null);
    const { detail, title, errors } = (body ?? {}) as { detail?: string; title?: string; errors?: FieldProblem[] };
    return new Problem(response.status, detail ?? title ?? text.failure.server(response.status), errors);
  }
}

/** The sentence to show for any failure: the server's own words, or that it could not be reached. */
export function failureText(error: unknown): string {
  if (error instanceof Problem) return error.message;
  return error instanceof TypeError ? text.failure.offline : text.failure.unknown;
}
