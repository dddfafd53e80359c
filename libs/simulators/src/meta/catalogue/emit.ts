import type { Core, EventElement } from '../core.js';
import { metaId } from '../random.js';
import type { MetaAccount, MetaCustomer, Thread } from '../world.js';
import { fromCatalogue, type CatalogueName } from './catalogue.js';
import type { Scene } from './scene.js';

/** What an event of the catalogue is about, where it matters. */
export interface About {
  /** The message it answers, edits, takes back, or reacts to; by default the newest of the thread. */
  of?: string;
  /** The comment it answers, edits, hides or removes. */
  comment?: string;
  post?: string;
  standby?: boolean;
}

/**
 * Emits an event of the catalogue as it is, and returns the id of the message or comment it brings. A new message of the customer's is
 * in the thread then; whatever else it says, nothing happened but the event.
 */
export function emitFromCatalogue(
  core: Core,
  name: CatalogueName,
  account: MetaAccount,
  customer: MetaCustomer,
  about: About = {},
): string {
  const thread = core.world.thread(account, customer);
  const scene = sceneOf(core, thread, about);
  const { element, list } = fromCatalogue(name, scene);
  remember(core, thread, element);
  void core.emit(account, element, about.standby && list === 'messaging' ? 'standby' : list);
  return list === 'changes' ? scene.commentId : scene.mid;
}

function sceneOf({ world, clock, app }: Core, thread: Thread, about: About): Scene {
  const { account, customer } = thread;
  const number = metaId('catalogue', world.seed, account.id, clock.now(), world.newMid(account));
  const postId = about.post ?? `${account.id}_122100000000000555`;
  return {
    sides: { sender: { id: thread.customerId }, recipient: { id: account.id } },
    customer: { ...customer, id: thread.customerId, commenterId: world.commenterId(customer, account) },
    account,
    now: clock.now(),
    mid: world.newMid(account),
    of: about.of ?? thread.messages.at(-1)?.mid ?? 'm_never_seen',
    postId,
    commentId: account.kind === 'page' ? `${postId.split('_').at(-1)}_${number}` : number,
    ofComment: about.comment ?? '122100000000000555_990000000000000123',
    appId: BigInt(app.appId),
  };
}

function remember({ world }: Core, thread: Thread, { sender, message }: EventElement): void {
  const { mid, text, is_deleted, is_echo, ...content } = (message ?? {}) as EventElement;
  const theirs = (sender as { id?: string } | undefined)?.id === thread.customerId;
  if (theirs && mid && !is_deleted && !is_echo)
    world.add(thread, 'customer', typeof text === 'string' ? text : '', { mid: String(mid), content });
}
