import { api } from '../api/client.js';
import { Problem } from '../api/problem.js';
import type { Capabilities } from '../api/shapes.js';
import type { Draft } from './draft.js';

/**
 * How an answer would travel, where the channel lets an agent choose who gets it. `ready` once it is known who does;
 * `impossible` is the reason when nobody can be answered.
 */
export function useRecipients(id: string, draft: Draft, { cc: choosable }: Capabilities) {
  const query = draft.replyTo ? { replyToMessageId: draft.replyTo } : {};
  const which = { params: { path: { id }, query } };
  const preview = api.useQuery('get', '/api/v1/conversations/{id}/reply-preview', which, { enabled: choosable });
  const { data, error, refetch } = preview;
  const refused = (error as unknown) instanceof Problem && (error as unknown as Problem).status === 422;
  return {
    preview: data,
    cc: draft.cc ?? data?.cc ?? [],
    ready: !choosable || (!!data && !error),
    asking: preview.isLoading,
    impossible: refused ? (error as unknown as Problem).message : null,
    failed: refused ? null : error,
    retry: refetch,
  };
}
