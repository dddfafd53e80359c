import { sessionQuery } from './client.js';
import { Problem } from './problem.js';
import { queryClient } from './query-client.js';
import type { components } from './schema.js';

/**
 * Uploads one file for a reply. `onProgress` hears which share of it (0 to 1) has left: `fetch` cannot tell that, hence
 * the older way. Rejects with a {@link Problem}, or with a `TypeError` as `fetch` does when the server cannot be reached.
 */
export function uploadFile(file: File, onProgress: (share: number) => void): Promise<components['schemas']['AttachmentView']> {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append('file', file);
  request.open('POST', '/api/v1/attachments');
  const session = queryClient.getQueryData<components['schemas']['MeView']>(sessionQuery.queryKey);
  if (session?.csrfToken) request.setRequestHeader('X-CSRF-Token', session.csrfToken);
  request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 1);
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(new TypeError('no connection'));
    request.onload = () => {
      const answer = new Response(request.responseText, { status: request.status });
      if (answer.ok) resolve(JSON.parse(request.responseText) as components['schemas']['AttachmentView']);
      else void Problem.from(answer).then(reject);
    };
    request.send(form);
  });
}
