/** The Meta app this installation speaks for. Without secrets every webhook is refused; without a verify token every handshake. */
export interface MetaOptions {
  appId?: string;
  /** Signs webhooks of Pages and of Instagram accounts connected through Facebook, and proves our calls. */
  appSecret?: string;
  /** The string typed into the app's webhook settings. */
  verifyToken?: string;
  /** The secret of the Instagram app (Instagram Login); Meta's docs do not say which of the two signs its webhooks, so both do. */
  instagramAppSecret?: string;
  /** https://graph.facebook.com */
  graphUrl: string;
  /** https://graph.instagram.com */
  instagramGraphUrl: string;
  /** e.g. `v26.0` */
  graphVersion: string;
}
