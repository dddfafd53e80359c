import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** What a provider remembers, until it stops. Nothing runs out here: the provider looks at the time itself. */
export function memory(): AdapterFactory {
  const rows = new Map<string, AdapterPayload>();
  return (kind): Adapter => {
    const at = (id: string) => `${kind}:${id}`;
    const byUid = (uid: string) => [...rows].find(([key, row]) => key.startsWith(`${kind}:`) && row.uid === uid)?.[1];
    return {
      upsert: (id, payload) => Promise.resolve(void rows.set(at(id), payload)),
      find: (id) => Promise.resolve(rows.get(at(id))),
      findByUid: (uid) => Promise.resolve(byUid(uid)),
      findByUserCode: () => Promise.resolve(undefined),
      consume: (id) => Promise.resolve(void Object.assign(rows.get(at(id)) ?? {}, { consumed: Math.floor(Date.now() / 1000) })),
      destroy: (id) => Promise.resolve(void rows.delete(at(id))),
      revokeByGrantId(grantId) {
        for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key);
        return Promise.resolve();
      },
    };
  };
}
