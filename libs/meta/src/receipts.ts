import type { InboundEvent, ReceiptEvent } from '#libs/connector';
import { asText, type JsonObject } from './json.js';
import { idOf, ignored, momentOf, type Told } from './meta-event.js';

/** Messenger tells of what was delivered by a watermark and sometimes by ids as well. Instagram does not tell. */
export function readDelivery(told: Told, element: JsonObject, delivery: JsonObject): InboundEvent[] {
  const mids = (Array.isArray(delivery.mids) ? delivery.mids : []).map(asText).filter((mid) => mid !== undefined);
  const byWatermark = until(element, delivery.watermark);
  const at = momentOf(element.timestamp) ?? byWatermark?.until ?? told.at;
  const receipts = [...mids, ...(byWatermark ? [byWatermark] : [])].map((of) => receipt('delivered', of, at));
  return receipts.length ? receipts : [ignored('A delivery that does not say of what.')];
}

/** Messenger: all up to a watermark. Instagram: one message, and with it what went before. */
export function readRead(told: Told, element: JsonObject, read: JsonObject): InboundEvent[] {
  const of = asText(read.mid) ?? until(element, read.watermark);
  if (of === undefined) return [ignored('A read that does not say of what.')];
  const at = momentOf(element.timestamp) ?? (typeof of === 'string' ? told.at : of.until);
  return [{ ...receipt('read', of, at), ...(typeof of === 'string' && { andEarlier: true }) }];
}

function until({ sender }: JsonObject, watermark: unknown): { threadKey: string; until: Date } | undefined {
  const [customerId, moment] = [idOf(sender), momentOf(watermark)];
  return customerId && moment ? { threadKey: `dm:${customerId}`, until: moment } : undefined;
}

const receipt = (state: 'delivered' | 'read', of: ReceiptEvent['of'], at: Date): ReceiptEvent => ({
  type: 'receipt',
  of,
  state,
  recipient: null,
  at,
  error: null,
});
