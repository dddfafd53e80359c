import { GraphError } from './graph-error.js';
import { OddAnswer } from './graph-server.js';
import type { Refusal, SendBehaviour } from './habits.js';

/** Throws where a send ends before the customer gets anything. */
export function failInstead(behaviour: SendBehaviour | undefined): void {
  if (behaviour === 'hang') throw new OddAnswer('hang');
  if (behaviour === 'fail-500') throw new GraphError(1, 'An unknown error occurred', undefined, 500);
  if (behaviour === 'html-502')
    throw new OddAnswer({ status: 502, contentType: 'text/html', body: '<html><body>Bad Gateway</body></html>' });
  if (typeof behaviour === 'object') throw refused(behaviour);
}

/** Throws where the customer has the message and the answer does not say so. */
export function failAfterwards(behaviour: SendBehaviour | undefined): void {
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
