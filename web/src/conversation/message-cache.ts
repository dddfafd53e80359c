import type { InfiniteData } from '@tanstack/react-query';
import { queryClient } from '../api/query-client.js';
import { keys } from '../api/resources.js';
import type { Message } from '../api/shapes.js';

type Pages = InfiniteData<{ items: Message[]; nextCursor: string | null }>;

/** Shows a message differently before the server has answered, or as it has. Whatever is wrong about it, the next refresh puts right. */
export function changeMessage({ id, conversationId }: Message, change: (message: Message) => Message): void {
  queryClient.setQueriesData<Pages>(
    { queryKey: keys.messages(conversationId) },
    (known) =>
      known && {
        ...known,
        pages: known.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === id ? change(item) : item)) })),
      },
  );
}

/** For mutations: what is done to one message goes to the server in the order in which it was done, an undo after what it undoes. */
export const inTurn = ({ id }: Message) => ({ scope: { id } });

/** Whether nothing more is on its way to the server for this message, so that its answer is how things stand. */
export const isSettled = ({ id }: Message): boolean =>
  queryClient.isMutating({ predicate: ({ options }) => options.scope?.id === id }) <= 1;
