import { reason } from '../../reason.js';
import { type Check, fail, type Finding, ok, warn } from './finding.js';

const patienceMs = 10_000;

/** Whether what PUBLIC_URL names is us, and what platforms ask of it. */
export const addressCheck: Check = async ({ config }) => {
  const url = config.publicUrl;
  const needed = config.META_APP_ID && config.META_GRAPH_URL.startsWith('https:') && !url.startsWith('https:');
  const https = needed
    ? [fail('https', `PUBLIC_URL is ${url}.`, 'Meta calls webhooks over https only: put a proxy with TLS in front and set PUBLIC_URL.')]
    : [];
  return [await reached(url), ...https];
};

async function reached(url: string): Promise<Finding> {
  const advice = 'Is the server running, does the proxy pass requests on to it, and can this machine resolve the name?';
  try {
    const response = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(patienceMs) });
    const isUs = response.ok && response.headers.get('content-type')?.includes('json');
    return isUs
      ? ok('address', `${url} answers.`)
      : warn('address', `${url}/health/live answers ${response.status}, not as we would.`, advice);
  } catch (error) {
    return warn('address', `${url} does not answer: ${reason((error as Error).cause ?? error)}`, advice);
  }
}
