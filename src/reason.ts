/** Why something failed, in words. A refused connection comes as an error without words around one per address that was tried. */
export function reason(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length) return reason(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}

/** Host, port and name of what a URL points to: what may be shown of it, because the rest can hold a password. */
export function addressOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  return `${hostname || (searchParams.get('host') ?? 'localhost')}${port && `:${port}`}${pathname.length > 1 ? pathname : ''}`;
}
