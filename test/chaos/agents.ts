import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attachment, Conversation, Message } from '../api.js';
import type { Dice } from './dice.js';
import { bytesNamed } from './letters.js';
import type { View } from './view.js';
import type { World } from './world.js';

/** A reply as its agent knows it. */
export interface Reply {
  number: number;
  text: string;
  conversationId: string;
  kind: Conversation['kind'];
  /** `unanswered`: no answer came in all the time we asked. `refused`: the inbox would not take it, and said why. */
  outcome: 'accepted' | 'refused' | 'unanswered';
  messageId: string | null;
  acceptedAt: number;
  /** When it is to leave, if not at once. */
  later: 'scheduled' | 'undo' | null;
  takenBack: boolean;
  file?: Buffer;
  reason?: string;
}

const patienceMs = 90_000;
const repeatMs = 700;

/** People who answer whatever waits. A request that got no answer is repeated under its key, as good clients do. */
export class Agents {
  readonly replies: Reply[] = [];
  /** Requests that had to be repeated. */
  repeated = 0;
  private readonly busy = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly view: View,
    private readonly dice: Dice,
  ) {}

  async answerUntil(end: number): Promise<void> {
    while (Date.now() < end) {
      await sleep(this.dice.between(200, 1_200));
      const conversation = this.choose();
      if (!conversation) continue;
      this.busy.add(conversation.id);
      await this.answer(conversation).finally(() => this.busy.delete(conversation.id));
    }
  }

  /** Mostly whoever waits; sometimes one more word to somebody who was answered. */
  private choose(): Conversation | undefined {
    const free = [...this.view.conversations.values()].filter(({ id }) => !this.busy.has(id));
    const waiting = free.filter(({ waitingSince }) => waitingSince);
    return this.dice.chance(0.8) ? this.dice.pick(waiting) : this.dice.pick(free.filter(({ kind }) => kind !== 'comment'));
  }

  private async answer({ id: conversationId, kind }: Conversation): Promise<void> {
    const number = this.replies.length + 1;
    const text = `R${number}. Two are left.`;
    const file = kind === 'email' && this.dice.chance(0.15) ? bytesNamed(text, this.dice.between(50_000, 300_000)) : undefined;
    const how = this.dice.draw();
    const later = how < 0.12 ? ('scheduled' as const) : how < 0.24 ? ('undo' as const) : null;
    const reply: Reply = {
      ...{ number, text, conversationId, kind, outcome: 'unanswered', messageId: null, acceptedAt: 0, later, takenBack: false },
    };
    this.replies.push(reply);
    const attachmentIds = file && (await this.upload(`r${number}.bin`, file));
    if (attachmentIds) reply.file = file;
    await this.send(reply, {
      ...{ text, attachmentIds },
      ...(later === 'scheduled' && { sendAt: new Date(Date.now() + this.dice.between(3_000, 9_000)) }),
      ...(later === 'undo' && { undoSeconds: this.dice.between(3, 8) }),
      ...(kind === 'comment' && this.dice.chance(0.25) && { mode: 'private' }),
    });
    if (later === 'undo' && this.dice.chance(0.5)) await this.takeBack(reply);
  }

  private async send(reply: Reply, body: object): Promise<void> {
    const key = `${reply.text} ${randomUUID()}`;
    const answer = await this.insist((api) =>
      api.post<Message & { detail?: string }>(`/conversations/${reply.conversationId}/replies`, body, { 'idempotency-key': key }),
    );
    if (!answer) return;
    reply.outcome = answer.status === 202 ? 'accepted' : 'refused';
    if (answer.status === 202) Object.assign(reply, { messageId: answer.body.id, acceptedAt: Date.now() });
    else {
      reply.reason = `${answer.status} ${answer.body.detail}`;
      // It was refused for something this view has not seen yet; nobody would answer it again before looking.
      this.view.conversations.delete(reply.conversationId);
    }
  }

  private async takeBack(reply: Reply): Promise<void> {
    await sleep(500);
    const answer = reply.messageId && (await this.insist((api) => api.delete(`/messages/${reply.messageId}`)));
    // Gone already: the answer to an earlier try was lost.
    reply.takenBack = Boolean(answer && [200, 204, 404].includes(answer.status));
  }

  private async upload(name: string, content: Buffer): Promise<string[] | undefined> {
    const form = () => {
      const body = new FormData();
      body.append('file', new Blob([new Uint8Array(content)], { type: 'application/octet-stream' }), name);
      return body;
    };
    const answer = await this.insist((api) => api.upload<Attachment>('/attachments', form()));
    return answer?.status === 201 ? [answer.body.id] : undefined;
  }

  /** Asks until there is an answer that stays the same however often we ask. */
  private async insist<T extends { status: number; body: unknown }>(ask: (api: World['clients'][number]) => Promise<T>): Promise<T | null> {
    for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(repeatMs)) {
      const answer = await ask(this.dice.pick(this.world.clients)!).catch(() => null);
      if (answer && answer.status < 500 && !isStillRunning(answer)) return answer;
      this.repeated++;
    }
    return null;
  }
}

const isStillRunning = ({ status, body }: { status: number; body: unknown }): boolean =>
  status === 409 && JSON.stringify(body).includes('Idempotency-Key');
