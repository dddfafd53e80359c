import { ConnectorError } from '#libs/connector';

/** 10 and 200 to 299: a right was not given, or not everything it needs. A sign-in that is dead says so otherwise. */
const NOT_PERMITTED = /^(10|2\d\d)(\/|$)/;

/** Pages of a list that we need not be allowed to read: channels may be connected for chats or for comments alone. What is missing the upkeep tells. */
export async function* ifPermitted<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    if (!isPermission(error)) throw error;
  }
}

/** Pages of a list that may moreover be gone since its parent was listed, or be closed to us for other reasons. */
export async function* ifReadable<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* pages;
  } catch (error) {
    if (!isPermission(error) && !isRejected(error)) throw error;
  }
}

/** Whether Meta refused something for good, e.g. because it is gone. */
export const isRejected = (error: unknown): error is ConnectorError => error instanceof ConnectorError && error.kind === 'rejected';

/** Whether it is a matter of rights that were not given. */
export const isPermission = (error: unknown) => error instanceof ConnectorError && NOT_PERMITTED.test(error.code ?? '');
