import type { Core } from './core.js';
import type { DirectMessages } from './direct-messages.js';
import type { GraphRequest } from './graph-api.js';
import type { SendBehaviour } from './habits.js';
import { checkSend, type AllowedSend } from './send.js';
import { failAfterwards, failInstead } from './send-faults.js';
import type { Thread, ThreadMessage } from './world.js';

type Listener = (message: ThreadMessage, thread: Thread) => void;

/** The Send API. */
export class Sending {
  private readonly behaviours: SendBehaviour[] = [];
  private readonly listeners = new Set<Listener>();

  constructor(
    private readonly core: Core,
    private readonly chats: DirectMessages,
  ) {}

  behave(...next: SendBehaviour[]): void {
    this.behaviours.push(...next);
  }

  onReply(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** `POST /{account}/messages`. */
  answer({ account, route, accounts, call }: GraphRequest): Promise<unknown> | undefined {
    const messaging = account?.kind === 'page' || account?.via === 'instagram';
    return messaging && route === 'POST messages' ? this.send(accounts, call.body) : undefined;
  }

  private async send(accounts: GraphRequest['accounts'], body: Record<string, unknown>): Promise<unknown> {
    const { world, habits } = this.core;
    const allowed = checkSend(world, habits, accounts, body);
    const behaviour = this.behaviours.shift();
    if (behaviour)
      this.core.note('fault-injected', typeof behaviour === 'string' ? behaviour : `error ${behaviour.code}/${behaviour.subcode ?? ''}`);
    failInstead(behaviour);
    const message = await this.reach(allowed, habits.echoBeforeAnswer || behaviour === 'echo-first');
    failAfterwards(behaviour);
    return { recipient_id: allowed.thread.customerId, message_id: message.mid };
  }

  /** The customer has the message; no two equal sends are ever told apart. */
  private async reach({ thread, text, metadata }: AllowedSend, echoFirst: boolean): Promise<ThreadMessage> {
    const message = this.core.world.add(thread, 'api', text);
    for (const listener of this.listeners) listener(message, thread);
    const { account } = thread;
    const own = account.kind === 'page' ? { app_id: BigInt(this.core.app.appId), metadata } : {};
    const echoed = this.chats.echo(thread, message, own);
    if (echoFirst) await echoed;
    const delivery = { mids: [message.mid], watermark: message.at };
    if (account.kind === 'page') void this.core.emit(account, { ...this.chats.sides(thread), delivery });
    return message;
  }
}
