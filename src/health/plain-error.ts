/**
 * An error in words that may be shown to anybody: without passwords in addresses. A refused connection comes as an error
 * without words around one error per address that was tried.
 */
export function plainError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length) return plainError(error.errors[0]);
  const words = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : String(error);
  return words.replace(/\/\/[^/\s@]*@/g, '//');
}
