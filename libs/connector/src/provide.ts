import type { Connector } from './connector.js';

const provided = new WeakSet<object>();

/** A Nest provider for one connector, found again by {@link isConnector}; the lib itself needs no Nest for it. */
export function provideConnector<S extends object>(connector: Connector<S>) {
  provided.add(connector);
  return { provide: `connector:${connector.type}`, useValue: connector as unknown as Connector };
}

/** Whether a provider's instance came from {@link provideConnector}. */
export function isConnector(value: unknown): value is Connector {
  return typeof value === 'object' && value !== null && provided.has(value);
}
