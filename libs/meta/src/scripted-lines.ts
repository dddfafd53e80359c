import type { Outgoing } from '#libs/connector';
import { instagramLine, pageLine, type Line } from './line.js';

/** Lines of a Page, and of an Instagram account by both of its roads, to one Graph. For tests. */
export function linesTo(url: string): Record<'page' | 'throughFacebook' | 'throughInstagram', Line> {
  const options = { graphUrl: url, instagramGraphUrl: url, graphVersion: 'v26.0' };
  const account = { accountId: '17841400000000931', accessToken: 'IGAASIM' };
  return {
    page: pageLine(options, { pageId: '104', pageAccessToken: 'EAASIM' }),
    throughFacebook: instagramLine(options, { ...account, via: 'facebook' }),
    throughInstagram: instagramLine(options, { ...account, via: 'instagram' }),
  };
}

/** A reply to be sent: to the chat of `7311` unless its envelope says otherwise. */
export function replyOf(more: Partial<Outgoing>): Outgoing {
  const envelope = { mode: null, to: { id: '7311' } };
  const reply = { deliveryId: 'd-1', externalId: null, text: 'Hello', html: null, envelope, attachments: [], windowMode: 'standard' };
  return { ...reply, committing: () => Promise.resolve(), ...more };
}

export const fileOf = (contentType: string, url?: string, filename = 'lamp') => ({
  id: 'a-1',
  filename,
  contentType,
  content: Buffer.from('bytes of a lamp'),
  ...(url && { url }),
});
