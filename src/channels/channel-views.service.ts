import { Injectable } from '@nestjs/common';
import { Connectors } from '../connectors.js';
import type { Channel } from './channel.entity.js';
import { ChannelSecrets } from './channel-secrets.service.js';
import type { ChannelAction, ChannelHealth, ChannelView } from './channels.shapes.js';

/** Channels as the API shows them: their row, and what an admin can do about their health. */
@Injectable()
export class ChannelViews {
  constructor(
    private readonly connectors: Connectors,
    private readonly secrets: ChannelSecrets,
  ) {}

  async of(channel: Channel): Promise<ChannelView> {
    const { id, type, name, address, enabled, healthState: state, healthDetail: detail, lastEventAt, lastSyncAt } = channel;
    const { importDone, importTotal, lastAudit: audit, lastLagMs: lagMs, upkeep } = channel;
    const action = await this.remedy(channel);
    const health: ChannelHealth = { state, detail, action, lastEventAt, lastSyncAt, audit, lagMs, upkeep };
    if (importTotal !== null && importDone !== null) health.importProgress = { done: importDone, total: importTotal };
    return { id, type, name, address, enabled, health };
  }

  /** How an admin brings a channel back that lost its sign-in, is about to, or lacks a permission; null where there is no such way. */
  private async remedy(channel: Channel): Promise<ChannelAction | null> {
    const signIn = this.connectors.find(channel.type)?.signIn;
    if (!signIn || !(channel.healthState === 'needs-auth' || channel.upkeep?.complaints.length)) return null;
    const used = signIn.usedBy(await this.secrets.stored(channel));
    const offered = signIn.providers.find(({ id }) => id === used);
    return offered ? { kind: 'sign-in', label: `Sign in again at ${offered.label}`, provider: offered.id } : null;
  }
}
