import { fromCustomer, type Recipe } from './scene.js';

const pageInbox = '263902037430900';

/** Conversation Routing: who may answer a thread. Ids are strings or numbers, and the previous owner of an idle thread is null. */
export const control = {
  pass: fromCustomer(({ appId }) => ({
    pass_thread_control: { previous_owner_app_id: String(appId), new_owner_app_id: pageInbox, metadata: 'to human' },
  })),
  'pass-from-idle': fromCustomer(() => ({ pass_thread_control: { previous_owner_app_id: null, new_owner_app_id: pageInbox } })),
  take: fromCustomer(({ appId }) => ({
    take_thread_control: { previous_owner_app_id: pageInbox, new_owner_app_id: String(appId), metadata: 'back' },
  })),
  'taken-from-us': fromCustomer(({ appId }) => ({
    take_thread_control: { previous_owner_app_id: appId, new_owner_app_id: BigInt(pageInbox) },
  })),
  request: fromCustomer(({ appId }) => ({ request_thread_control: { requested_owner_app_id: appId, metadata: 'agent asks' } })),
  'app-roles': ({ sides, now, appId }) => ({
    recipient: sides.recipient,
    timestamp: now,
    app_roles: { [String(appId)]: ['primary_receiver'] },
  }),
} satisfies Record<string, Recipe>;
