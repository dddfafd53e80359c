import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem.js';

// Live events say what changed, so nothing needs asking again by the clock or on focus.
// Mutations fail at once without a connection: the agent's text stays in the box instead of leaving hours later.
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
});
