import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { api, sessionQuery } from './api/client.js';
import { Problem } from './api/problem.js';
import { queryClient } from './api/query-client.js';
import { isView, type ListSearch, readListSearch } from './inbox/views.js';
import { readUndeliveredSearch, type UndeliveredSearch } from './undelivered/search.js';
import { Crashed, NotFound } from './ui/crashed.js';
import { Loading } from './ui/status.js';

const root = createRootRoute({ component: Outlet });

/** Where to go after signing in: a path of ours, never another site. */
const readThen = (search: Record<string, unknown>): { then?: string } =>
  typeof search.then === 'string' && /^\/[^/\\]/.test(search.then) ? { then: search.then } : {};

/** What the server tells after a sign-in at a provider. */
const readSignInOutcome = (search: Record<string, unknown>): { connected?: string; signInError?: string } => ({
  ...(typeof search.connected === 'string' && { connected: search.connected }),
  ...(search.signInError != null && { signInError: String(search.signInError) }),
});

const setupNeeded = async () => (await queryClient.fetchQuery(api.queryOptions('get', '/api/v1/auth/setup', {}))).needed;

async function requireSession({ location }: { location: { href: string } }) {
  try {
    await queryClient.ensureQueryData(sessionQuery);
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) throw error;
    throw redirect((await setupNeeded()) ? { to: '/welcome' } : { to: '/login', search: readThen({ then: location.href }) });
  }
}

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: readThen,
  component: lazyRouteComponent(() => import('./login/login.js'), 'Login'),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  beforeLoad: async () => {
    if (!(await setupNeeded())) throw redirect({ to: '/login' });
  },
  component: lazyRouteComponent(() => import('./login/welcome.js'), 'Welcome'),
});

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import('./inbox/frame.js'), 'Frame'),
});

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox/$view', params: { view: 'open' } });
  },
});

const inbox = createRoute({
  getParentRoute: () => app,
  path: '/inbox/$view',
  validateSearch: (search): ListSearch => readListSearch(search),
  params: { parse: ({ view }) => ({ view: isView(view) ? view : ('open' as const) }) },
  component: lazyRouteComponent(() => import('./inbox/inbox.js'), 'Inbox'),
});

const noConversation = createRoute({
  getParentRoute: () => inbox,
  path: '/',
  component: lazyRouteComponent(() => import('./inbox/inbox.js'), 'NoConversation'),
});

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: '/$conversationId',
  component: lazyRouteComponent(() => import('./conversation/conversation.js'), 'ConversationScreen'),
});

const undelivered = createRoute({
  getParentRoute: () => app,
  path: '/not-delivered',
  validateSearch: (search): UndeliveredSearch => readUndeliveredSearch(search),
  component: lazyRouteComponent(() => import('./undelivered/undelivered.js'), 'UndeliveredScreen'),
});

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings.js'), 'Settings'),
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/channels' });
  },
});

const channels = createRoute({
  getParentRoute: () => settings,
  path: '/channels',
  validateSearch: readSignInOutcome,
  component: lazyRouteComponent(() => import('./settings/channels.js'), 'Channels'),
});

const newChannel = createRoute({
  getParentRoute: () => settings,
  path: '/channels/new',
  component: lazyRouteComponent(() => import('./settings/new-channel.js'), 'NewChannel'),
});

const chooseAccounts = createRoute({
  getParentRoute: () => settings,
  path: '/channels/choose',
  validateSearch: (search: Record<string, unknown>): { signIn: string } => ({ signIn: String(search.signIn ?? '') }),
  component: lazyRouteComponent(() => import('./settings/choose-accounts.js'), 'ChooseAccounts'),
});

const editChannel = createRoute({
  getParentRoute: () => settings,
  path: '/channels/$channelId',
  component: lazyRouteComponent(() => import('./settings/edit-channel.js'), 'EditChannel'),
});

const ledger = createRoute({
  getParentRoute: () => settings,
  path: '/ledger',
  component: lazyRouteComponent(() => import('./settings/ledger.js'), 'Ledger'),
});

const operations = createRoute({
  getParentRoute: () => settings,
  path: '/operations',
  component: lazyRouteComponent(() => import('./settings/operations.js'), 'Operations'),
});

const people = createRoute({
  getParentRoute: () => settings,
  path: '/people',
  component: lazyRouteComponent(() => import('./settings/people.js'), 'People'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    welcome,
    app.addChildren([
      home,
      inbox.addChildren([noConversation, conversation]),
      undelivered,
      settings.addChildren([settingsHome, channels, newChannel, chooseAccounts, editChannel, ledger, people, operations]),
    ]),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: Loading,
  defaultErrorComponent: Crashed,
  defaultNotFoundComponent: NotFound,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
