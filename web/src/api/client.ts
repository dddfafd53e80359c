import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueryApi from 'openapi-react-query';
import { Problem } from './problem.js';
import { queryClient } from './query-client.js';
import type { components, paths } from './schema.js';
import { noteServerTime } from './server-time.js';

/** The server's calls, typed by its own description. Refusals are thrown as {@link Problem}. */
export const fetchClient = createFetchClient<paths>({ baseUrl: '/' });

/** The same calls as query and mutation hooks. */
export const api = createQueryApi(fetchClient);

/** Who is signed in, and the token every change must carry. */
export const sessionQuery = api.queryOptions('get', '/api/v1/auth/me', {}, { retry: false });

const guard: Middleware = {
  onRequest({ request }) {
    const session = queryClient.getQueryData<components['schemas']['MeView']>(sessionQuery.queryKey);
    if (request.method !== 'GET' && session?.csrfToken) request.headers.set('X-CSRF-Token', session.csrfToken);
    return request;
  },
  async onResponse({ request, response }) {
    noteServerTime(response);
    if (response.ok) return;
    // The session ended elsewhere: asking who we are again leads to the sign-in. The sign-in's own 401 is just a wrong password.
    const ended = response.status === 401 && !new URL(request.url).pathname.startsWith('/api/v1/auth/');
    if (ended) void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    throw await Problem.from(response);
  },
};
fetchClient.use(guard);
