import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import { ConnectorError, type Outgoing, type Sent } from '#libs/connector';
import { Tally } from '../health/tally.js';
import { type Jobs, workerPatience } from '../queue/jobs.js';
import { ChannelLanes } from '../queue/channel-lanes.js';
import { type Claim, Claims } from './claims.service.js';
import { Outcomes } from './outcomes.service.js';
import { failureKindOf } from './setback.js';

/** Waiting for platforms costs little, so that there are places for many channels that hang, of which each has one. */
const places = 64;

/** Sends replies. The delivery's row decides; a job that comes twice or late finds nothing to do. */
@Processor('outbound', { ...workerPatience, concurrency: places })
@Injectable()
export class OutboundWorker extends WorkerHost {
  private readonly logger = new Logger('outbound');
  private readonly lanes = new ChannelLanes();

  constructor(
    private readonly claims: Claims,
    private readonly outcomes: Outcomes,
    private readonly tally: Tally,
  ) {
    super();
  }

  async process(job: Job<Jobs['outbound']>, token?: string): Promise<void> {
    const channelId = await this.claims.channelOf(job.data.deliveryId);
    if (!channelId) return;
    const leave = this.lanes.enter(channelId);
    const notBefore = leave
      ? await this.send(job.data.deliveryId, channelId).finally(leave)
      : new Date(Date.now() + this.lanes.pauseOf(channelId));
    if (!notBefore) return;
    await job.moveToDelayed(notBefore.getTime(), token);
    throw new DelayedError();
  }

  /** Resolves with a time when it may not leave before. */
  private async send(deliveryId: string, channelId: string): Promise<Date | null> {
    const claim = await this.claims.claim(deliveryId, channelId);
    if (claim instanceof Date) return claim;
    if (claim) await this.claims.keeping(claim, () => this.attempt(claim));
    return null;
  }

  private async attempt(claim: Claim): Promise<void> {
    const { connector, access, outgoing, channel } = claim;
    let sent: Sent;
    try {
      sent = await connector.send({ ...outgoing, committing: () => this.claims.commit(claim) } satisfies Outgoing, access);
    } catch (error) {
      const failure = asConnectorError(error);
      this.tally.attempted(channel.type, failure.outcome === 'unknown' ? 'unknown' : 'failed', failureKindOf(failure));
      return this.outcomes.failed(claim, failure);
    }
    this.tally.attempted(channel.type, 'sent', null);
    await this.outcomes.sent(claim, sent);
    await connector
      .afterSend?.(outgoing, access)
      .catch((error: Error) =>
        this.logger.warn({ channel: access.id, delivery: outgoing.deliveryId, error: error.message }, 'sent, but not filed'),
      );
  }
}

/** What no connector named: we cannot tell whether it went out. */
function asConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  return new ConnectorError('unavailable', (error as Error).message, { outcome: 'unknown', cause: error });
}
