import type { EventElement } from '../core.js';
import type { Json } from '../wire.js';

/** Who and what an event of the catalogue is about. */
export interface Scene {
  /** Sender and recipient of what comes from the customer. */
  sides: { sender: Json; recipient: Json };
  customer: { id: string; commenterId: string; name: string; username: string };
  account: { id: string; name: string };
  /** The platform's clock, ms. */
  now: number;
  /** A message id that is new. */
  mid: string;
  /** The message that is answered, edited, taken back, seen or reacted to. */
  of: string;
  postId: string;
  /** A comment id that is new. */
  commentId: string;
  /** The comment that is answered, edited, hidden or removed. */
  ofComment: string;
  appId: bigint;
}

/** How to make an element of `messaging`, or of `changes`. */
export type Recipe = (scene: Scene) => EventElement;

/** Something from the customer. */
export const fromCustomer =
  (make: (scene: Scene) => EventElement): Recipe =>
  (scene) => ({ ...scene.sides, timestamp: scene.now, ...make(scene) });

/** A message from the customer. */
export const message = (make: (scene: Scene) => EventElement): Recipe =>
  fromCustomer((scene) => ({ message: { mid: scene.mid, ...make(scene) } }));

/** A message from the business; sender and recipient have changed places. */
export const echo =
  (make: (scene: Scene) => EventElement): Recipe =>
  (scene) => ({
    sender: scene.sides.recipient,
    recipient: scene.sides.sender,
    timestamp: scene.now,
    message: { mid: scene.mid, is_echo: true, ...make(scene) },
  });

/** A message that is nothing but attachments. */
export const attached = (...attachments: EventElement[]): Recipe => message(() => ({ attachments }));

export const seconds = ({ now }: Scene): number => Math.floor(now / 1000);
