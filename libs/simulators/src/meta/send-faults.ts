import type { Core } from './core.js';
import { GraphError } from './graph-error.js';
import { OddAnswer } from './graph-server.js';
import type { Refusal, SendBehaviour } from './habits.js';

/** What befalls the next writes, whatever they are: messages, private replies, public comments. */
export class SendFaults {
  private readonly next: SendBehaviour[] = [];

  constructor(private readonly core: Core) {}

  add(...next: SendBehaviour[]): void {
    this.next.push(...next);
  }

  /** Lets the write happen or not, and answer for itself or not. */
  async around<T>(write: (behaviour: SendBehaviour | undefined) => Promise<T>): Promise<T> {
    const behaviour = this.next.shift();
    if (behaviour)
      this.core.note('fault-injected', typeof behaviour === 'string' ? behaviour : `error ${behaviour.code}/${behaviour.subcode ?? ''}`);
    failInstead(behaviour);
    const answer = await write(behaviour);
    failAfterwards(behaviour);
    return answer;
  }
}

/** Throws where a write ends before anybody gets anything. */
function failInstead(behaviour: SendBehaviour | undefined): void {
  if (behaviour === 'hang') throw new OddAnswer('hang');
  if (behaviour === 'fail-500') throw new GraphError(1, 'An unknown error occurred', undefined, 500);
  if (behaviour === 'html-502')
    throw new OddAnswer({ status: 502, contentType: 'text/html', body: '<html><body>Bad Gateway</body></html>' });
  if (typeof behaviour === 'object') throw refused(behaviour);
}

/** Throws where it was written and the answer does not say so. */
function failAfterwards(behaviour: SendBehaviour | undefined): void {
  if (behaviour === 'deliver-then-error')
    throw new GraphError(1, 'An unexpected error has occurred. Please retry your request later.', 1357046, 500);
  if (behaviour === 'deliver-then-drop') throw new OddAnswer('drop');
  if (behaviour === 'deliver-then-hang') throw new OddAnswer('hang');
}

function refused({ code, subcode, message = 'Refused', regainAccessMinutes }: Refusal): Error {
  const error = new GraphError(code, message, subcode);
  if (regainAccessMinutes === undefined) return error;
  const usage = JSON.stringify({
    business: [{ type: 'messenger', call_count: 100, estimated_time_to_regain_access: regainAccessMinutes }],
  });
  const headers = { 'X-Business-Use-Case-Usage': usage };
  return new OddAnswer({ status: 400, contentType: 'application/json', body: JSON.stringify(error.body), headers });
}
