/** A line of what Redis answers to INFO; undefined when it does not tell. */
export const redisFact = (info: string, name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];

/** A queue must not be evicted. Null when it is not. */
export function policyFault(info: string): string | null {
  const policy = redisFact(info, 'maxmemory_policy');
  if (policy === undefined || policy === 'noeviction') return null;
  return `Redis throws jobs away when its memory is full: its maxmemory-policy is ${policy} and must be noeviction.`;
}
