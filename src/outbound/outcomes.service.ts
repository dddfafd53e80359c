import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { ConnectorError, type Found, type RefusedRecipient, type Sent } from '#libs/connector';
import { Channels } from '../channels/channels.service.js';
import { noteAttempt, triedSince } from '../conversations/attempts.js';
import { Conversation, ThreadKey } from '../conversations/conversation.entity.js';
import { Delivery } from '../conversations/delivery.entity.js';
import { MessageChanges } from '../conversations/message-changes.service.js';
import { Message } from '../conversations/message.entity.js';
import { noteOpenedChat, tie } from '../conversations/opened-chat.js';
import { takePrivateReply } from '../conversations/private-replies.js';
import { changeDelivery } from '../conversations/reopening.js';
import { afterFailure, afterTaken, faultOf, givenUp, hasReached, stillToReach } from '../conversations/recipient-fates.js';
import { NextReply } from '../conversations/next-reply.service.js';
import { insertNew, isDuplicate, wantsRetry } from '../database/data-source.js';
import { holdMessage } from '../database/turns.js';
import { JobQueue } from '../queue/jobs.js';
import { Changes, type NewChange } from '../realtime/changes.service.js';
import type { Claim } from './claims.service.js';
import { Circuits } from './circuits.service.js';
import { HeldReplies } from './held-replies.service.js';
import { insist } from './insist.js';
import { nextAttempt, type Trying, usualPatience } from './retry-schedule.js';
import { afterSetback } from './setback.js';
import { Settlement } from './settlement.service.js';

/** For how long what a process wrote before it died, or is still writing, may take to get there: connectors give a request up after half a minute. */
const lastWordsMs = 40_000;
/** Whoever is put off by a server that took the mail for others is mostly greylisted: it lets us in after about five minutes. */
const greylistedMs = 300_000;

/** What became of an attempt, and what follows from it. */
@Injectable()
export class Outcomes {
  private readonly logger = new Logger('outbound');

  constructor(
    private readonly database: DataSource,
    private readonly channels: Channels,
    private readonly queue: JobQueue,
    private readonly changes: Changes,
    private readonly circuits: Circuits,
    private readonly heldReplies: HeldReplies,
    private readonly settlement: Settlement,
    private readonly nextReply: NextReply,
    private readonly messageChanges: MessageChanges,
  ) {}

  /** The platform has it, which this process alone knows. */
  async sent(claim: Claim, sent: Sent): Promise<void> {
    const { delivery, message, channel } = claim;
    const retryAt = await insist(() => this.noteSent(claim, sent));
    this.changes.announce();
    await this.tryAgain(delivery, retryAt);
    this.logger.log({ channel: channel.id, delivery: delivery.id }, 'sent');
    await this.nextReply.hurry(message.conversationId, delivery);
    await this.works(channel.id);
    if (channel.healthState === 'needs-auth') await this.channels.report(channel.id, 'ok');
  }

  /** Done again when an echo, being taken in at this very moment, is in the way. */
  private async noteSent(claim: Claim, sent: Sent): Promise<Date | null> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.writeSent(claim, sent);
      } catch (error) {
        if (!(wantsRetry(error) || isDuplicate(error)) || attempt === 5) throw error;
      }
    }
  }

  /** Sent means: to some at least. The rest of the recipients, where there is one, is tried again. */
  private async writeSent(claim: Claim, sent: Sent): Promise<Date | null> {
    const { delivery, message, channel } = claim;
    const { externalId, ownKeys = [], refused = [], opened } = sent;
    return this.database.transaction(async (manager) => {
      await holdMessage(manager, message, externalId);
      const chatId = await removeEchoCopy(manager, message, externalId);
      const names = [...ownKeys, ...(await nameMessage(manager, message, externalId))];
      await insertNew(
        manager,
        ThreadKey,
        names.map((key) => ({
          channelId: channel.id,
          key,
          conversationId: message.conversationId,
          claimed: true,
          messageId: message.id,
        })),
      );
      const { retryAt, told, isNews } = await noteTaken(manager, claim, refused);
      await noteAttempt(manager, delivery, { outcome: 'sent', answer: refused.length ? refusals(refused) : null, nextAttemptAt: retryAt });
      await manager.update(Conversation, { id: message.conversationId, heldBy: Not(IsNull()) }, { heldBy: null, heldAt: new Date() });
      if (message.mode === 'private' && isNews) await this.noteChat(manager, message, opened, chatId);
      await this.messageChanges.apply(manager, channel.id, externalId);
      await this.tell(manager, message, ...told);
      return retryAt;
    });
  }

  /** Where a private answer goes on. When only its echo or the thread told that it was sent, the echo's conversation is that. */
  private async noteChat(manager: EntityManager, message: Message, opened: Sent['opened'], echoIn: string | null): Promise<void> {
    if (opened) return this.changes.write(manager, ...(await noteOpenedChat(manager, message, opened)));
    if (!echoIn || echoIn === message.conversationId) return;
    const comments = await manager.findOneByOrFail(Conversation, { id: message.conversationId });
    const chat = await manager.findOneByOrFail(Conversation, { id: echoIn });
    await this.changes.write(manager, ...(await tie(manager, message, comments, chat)));
  }

  /** Decides by kind: look for it, try again later, or tell the agent. */
  async failed(claim: Claim, error: ConnectorError): Promise<void> {
    const { channel, delivery } = claim;
    const { kind, outcome, code, scope } = error;
    this.logger.warn({ channel: channel.id, delivery: delivery.id, kind, outcome, code, scope }, 'delivery failed');
    const renews = kind === 'auth' && this.channels.mayRenew(channel, claim.access);
    if (scope === 'channel' && !renews) await this.circuits.failed(channel.id, error, claim.probe);
    if (outcome === 'unknown') return this.resolve(claim, error);
    if (renews) return this.retryOrFail(claim, new ConnectorError('unavailable', error.message, { code, cause: error }));
    if (kind === 'auth') await this.channels.report(channel.id, 'needs-auth', error.message);
    // Whoever looked at the reply and said no was there to be reached.
    if (kind === 'rejected') await this.works(channel.id);
    await this.retryOrFail(claim, error);
  }

  /**
   * What a dead process was sending. Its last words may still be on their way, or it was only taken for dead and is at it: as
   * long as that can be, nobody concludes that the customer did not get it.
   */
  async inherited(claim: Claim, surelyDead: boolean, stopping: AbortSignal): Promise<void> {
    const why = new ConnectorError('unavailable', 'the app stopped while it was being sent.');
    if (surelyDead) return this.resolve(claim, why, 'abandoned');
    const found = hasReached(claim.delivery.recipients) ? null : await this.look(claim);
    if (found?.state === 'sent') return this.sent(claim, found);
    await sleep(lastWordsMs, undefined, { signal: stopping });
    await this.resolve(claim, why, 'abandoned');
  }

  /** After a crash or an unclear answer: what does the platform know of it? `outcome`: of the attempt, if it did not arrive. */
  async resolve(claim: Claim, why: ConnectorError, outcome: 'failed' | 'abandoned' = 'failed'): Promise<void> {
    const { delivery } = claim;
    // That some have it is known; finding it again would not tell whether the others do.
    if (hasReached(delivery.recipients)) return this.noteUncertain(claim, why, (now) => uncertainForRest(now, why.message));
    const found = await this.look(claim);
    if (found.state === 'sent') return this.sent(claim, found);
    if (found.state === 'absent') return this.retryOrFail(claim, notThere(why), outcome);
    await this.noteUncertain(claim, why, () => uncertain(why.message));
  }

  private async look(claim: Claim): Promise<Found> {
    const { connector, outgoing, access, delivery } = claim;
    const since = delivery.committedAt ?? delivery.updatedAt;
    const found = await connector.find(outgoing, access, since).catch((error: Error): Found => {
      this.logger.warn({ delivery: delivery.id, error: error.message }, 'cannot ask the platform whether it was sent');
      return { state: 'unknown' };
    });
    // Two equal replies soon after another: what was found may be the other one, which is accounted for already.
    const taken = found.state === 'sent' && (await isAnotherReply(this.database.manager, claim.message, found.externalId));
    return taken ? { state: 'unknown' } : found;
  }

  /** Nobody can even be asked, e.g. because the channel was removed: the agent has to know. */
  async unknowable(delivery: Delivery, error: Error): Promise<void> {
    this.logger.error({ delivery: delivery.id, error: error.message }, 'cannot find out what became of this reply');
    const inherited = { ...delivery, fence: delivery.fence + 1 };
    await this.settlement.settle(inherited, { outcome: 'unknown', error }, () => uncertain(error.message));
  }

  private async noteUncertain({ delivery }: Claim, error: Error, decide: (now: Delivery) => Partial<Delivery>): Promise<void> {
    await this.settlement.settle(delivery, { outcome: 'unknown', error }, decide);
  }

  private async retryOrFail(claim: Claim, error: ConnectorError, outcome: 'failed' | 'abandoned' = 'failed'): Promise<void> {
    await this.settlement.settle(claim.delivery, { outcome, error }, (now, since) => afterSetback(now, error, tryingOf(claim, now, since)));
  }

  /** What waited for the channel to work again need not wait any longer. */
  private async works(channelId: string): Promise<void> {
    const since = await this.circuits.succeeded(channelId);
    if (since) await this.heldReplies.freeSince(channelId, since);
  }

  private async tryAgain({ id, attempts }: Delivery, notBefore: Date | null): Promise<void> {
    if (notBefore) await this.queue.addOutbound([{ id, attempts, notBefore }]);
  }

  private async tell(manager: EntityManager, { conversationId, id: messageId }: Message, ...more: NewChange[]): Promise<void> {
    await this.changes.write(manager, { type: 'message.updated', conversationId, messageId }, ...more);
  }
}

const tryingOf = ({ connector, window }: Claim, { attempts }: Delivery, since: Date): Trying => ({
  ...{ attempts, since },
  patience: connector.patience ?? usualPatience,
  closesAt: window.closesAt,
});

const notThere = ({ message, code, cause }: ConnectorError) =>
  new ConnectorError('unavailable', `${message} It has not arrived.`, { code, cause });

const refusals = (refused: RefusedRecipient[]): string => refused.map(({ recipient, message }) => `${recipient}: ${message}`).join(' ');

const uncertain = (why: string) => ({
  state: 'uncertain' as const,
  errorKind: 'unknown' as const,
  nextAttemptAt: null,
  errorCode: null,
  errorMessage: `It may have been sent: ${why}`,
  errorRetryable: true,
  errorAction: 'Ask the customer, or send it again at the risk of sending it twice.',
});

interface Taken {
  /** When it is offered to the others; null when nobody is left. */
  retryAt: Date | null;
  told: NewChange[];
  /** Whether no echo had told already that it left. */
  isNews: boolean;
}

/**
 * For whom it was taken, and when it is offered to the others again. An echo may have been quicker to call it sent, but only we
 * know for whom; and whoever took us for dead may have called it failed.
 */
async function noteTaken(manager: EntityManager, claim: Claim, refused: RefusedRecipient[]): Promise<Taken> {
  const { id } = claim.delivery;
  // Touched first, because it locks the row: a bounce of an earlier attempt may be noted at this very moment.
  await manager.update(Delivery, { id }, { updatedAt: new Date() });
  const before = await manager.findOneBy(Delivery, { id });
  if (!before || isSettled(before)) return { retryAt: null, told: [], isNews: false };
  const wasGivenUp = before.state === 'failed';
  const taken = afterTaken(wasGivenUp ? claim.delivery.recipients : before.recipients, refused);
  const nextAttemptAt = stillToReach(taken)?.length ? await offeredAgain(manager, claim, before) : null;
  const fates = nextAttemptAt ? taken : givenUp(taken);
  const change = { ...faultOf(fates), state: 'sent' as const, recipients: fates, nextAttemptAt, leaseUntil: null };
  const told = await changeDelivery(manager, before, change);
  const used = wasGivenUp && claim.message.mode === 'private' && (await takePrivateReply(manager, claim.message));
  return { retryAt: nextAttemptAt, told: [...told, ...(used || [])], isNews: before.state !== 'sent' };
}

/** Where it arrived or came back, our word of its leaving comes too late. */
const isSettled = ({ state, errorKind }: Delivery): boolean =>
  state === 'delivered' || state === 'read' || (state === 'failed' && errorKind === 'bounced');

async function offeredAgain(manager: EntityManager, claim: Claim, before: Delivery): Promise<Date | null> {
  const since = await triedSince(manager, claim.delivery);
  const next = nextAttempt({ kind: 'unavailable', retryAfterMs: greylistedMs }, tryingOf(claim, before, since));
  return 'at' in next ? next.at : null;
}

/** Of a later attempt, after some got it with an earlier one. */
function uncertainForRest({ recipients }: Delivery, why: string): Partial<Delivery> {
  const message = `It may have been sent to them: ${why}`;
  const rest = givenUp(afterFailure(recipients, { message, refused: [] }));
  return { ...faultOf(rest), state: 'sent', recipients: rest, nextAttemptAt: null };
}

/** As the platform answered. Its echo may have named it otherwise meanwhile: that goes on meaning it, so it is what this resolves with. */
async function nameMessage(manager: EntityManager, { id, externalId: before }: Message, externalId: string): Promise<string[]> {
  const { affected } = await manager.update(Message, { id, externalId: before ?? IsNull() }, { externalId });
  if (affected) return [];
  const { externalId: echoed } = await manager.findOneByOrFail(Message, { id });
  await manager.update(Message, id, { externalId });
  return echoed === null || echoed === externalId ? [] : [echoed];
}

/** The echo of this very message may have come first and been taken for a colleague's. Resolves with the conversation it was in. */
async function removeEchoCopy(manager: EntityManager, message: Message, externalId: string): Promise<string | null> {
  const copy = await others(manager, message, externalId).getOne();
  if (!copy || (await manager.existsBy(Delivery, { messageId: copy.id }))) return null;
  // What was known to mean the copy means the message now.
  await manager.update(ThreadKey, { messageId: copy.id }, { messageId: message.id });
  await manager.delete(Message, copy.id);
  await manager.decrement(Conversation, { id: copy.conversationId }, 'messageCount', 1);
  return copy.conversationId;
}

const isAnotherReply = (manager: EntityManager, message: Message, externalId: string): Promise<boolean> =>
  others(manager, message, externalId).innerJoin(Delivery, 'd', 'd.message_id = m.id').getExists();

const others = (manager: EntityManager, { id, channelId }: Message, externalId: string) =>
  manager.createQueryBuilder(Message, 'm').where({ channelId, externalId, direction: 'outbound', id: Not(id) });
