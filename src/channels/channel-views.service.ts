import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Connectors } from '../connectors.js';
import type { Channel } from './channel.entity.js';
import { ChannelCircuit } from './channel-circuit.entity.js';
import { ChannelSecrets } from './channel-secrets.service.js';
import type { ChannelAction, ChannelHealth, ChannelSending, ChannelView } from './channels.shapes.js';

/** Channels as the API shows them: their row, and what an admin can do about their health. */
@Injectable()
export class ChannelViews {
  constructor(
    private readonly connectors: Connectors,
    private readonly secrets: ChannelSecrets,
    private readonly database: DataSource,
  ) {}

  async of(channel: Channel): Promise<ChannelView> {
    const { id, type, name, address, enabled, healthState: state, healthDetail: detail, lastEventAt, lastSyncAt } = channel;
    const { importDone, importTotal, lastAudit: audit, lastLagMs: lagMs, upkeep } = channel;
    const action = await this.remedy(channel);
    const sending = await this.sending(id);
    const health: ChannelHealth = { state, detail, action, lastEventAt, lastSyncAt, audit, lagMs, upkeep, sending };
    if (importTotal !== null && importDone !== null) health.importProgress = { done: importDone, total: importTotal };
    return { id, type, name, address, enabled, health };
  }

  private async sending(channelId: string): Promise<ChannelSending | null> {
    const circuit = await this.database.manager.findOneBy(ChannelCircuit, { channelId });
    if (!circuit?.openUntil) return null;
    const { openUntil: heldUntil, failingSince, failures, reason } = circuit;
    return { heldUntil, since: failingSince ?? heldUntil, failures, reason: reason ?? '' };
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
