import type { Card } from '#libs/connector';
import { facts } from './attachments.js';
import { asObject, asText, type JsonObject } from './json.js';
import { webAddress } from './web-address.js';

/** Where a customer came from: an ad, a product in the shop, or a link to the chat (m.me, ig.me). Pictures of ads come by addresses that die, and are left out. */
export function referralCard(referral: JsonObject): Card {
  const ad = asObject(referral.ads_context_data) ?? {};
  const product = asObject(referral.product)?.id ?? ad.product_id;
  const known = facts({
    'Ad id': referral.ad_id,
    'Post id': ad.post_id,
    'Product id': product,
    Reference: referral.ref,
    Source: referral.source,
  });
  const isAd = referral.ad_id !== undefined || referral.source === 'ADS';
  const kind = isAd ? 'ad' : referral.product === undefined ? 'referral' : 'product';
  return { kind, title: asText(ad.ad_title) ?? null, url: webAddress(referral.referer_uri), facts: known };
}
