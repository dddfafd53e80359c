/** The Meta app this installation speaks for. Without secrets every webhook is refused; without a verify token every handshake. */
export interface MetaOptions {
  appId?: string;
  /** Signs webhooks of Pages and of Instagram accounts connected through Facebook, and proves our calls. */
  appSecret?: string;
  /** The string typed into the app's webhook settings. */
  verifyToken?: string;
  /** Of the Instagram app (Instagram Login), which is another than the Meta app around it. */
  instagramAppId?: string;
  /** The secret of the Instagram app; Meta's docs do not say which of the two signs its webhooks, so both do. */
  instagramAppSecret?: string;
  /** https://graph.facebook.com */
  graphUrl: string;
  /** https://graph.instagram.com */
  instagramGraphUrl: string;
  /** e.g. `v26.0` */
  graphVersion: string;
  /** Where people sign in; without it no sign-in is offered. */
  login?: LoginOptions;
}

export interface LoginOptions {
  /** The configuration of Facebook Login for Business that says what to ask for; without it the permissions are named. */
  configId?: string;
  /** https://www.facebook.com */
  facebookUrl: string;
  /** https://www.instagram.com */
  instagramUrl: string;
  /** https://api.instagram.com, where codes are traded. */
  instagramApiUrl: string;
  /** Whether to send a PKCE challenge (RFC 7636). Meta's pages on these logins do not mention it, so it is a choice. */
  pkce: boolean;
}
