import type { EmailSettings } from './settings.js';

/** How the operator registered this installation with a provider, and where the provider's servers are. */
export interface OAuthRegistration {
  clientId: string;
  clientSecret: string;
  /** The OpenID issuer; its endpoints are looked up there (OpenID Connect Discovery 1.0 §4). */
  issuer: string;
  /** `imaps://host:port`, or `imap://` for STARTTLS. */
  imapUrl: string;
  /** `smtps://host:port`, or `smtp://` for STARTTLS. */
  smtpUrl: string;
}

/** A provider where mailboxes can be signed in to. `id` is stored with the channel and never renamed. */
export interface OAuthProvider extends OAuthRegistration {
  id: string;
  label: string;
  scope: string;
  /** What the provider wants to be told beyond the standard to give lasting access. */
  parameters: Record<string, string>;
  /** People can untick this one at the provider; without it there is no mail. */
  mailScope: string | null;
  /** Whether somebody may open a mailbox under its own address that is not their own. */
  sharedMailboxes: boolean;
}

/** Gmail and Google Workspace. Without `access_type` and `prompt` Google gives a refresh token at the very first consent only. */
export const google = (registration: OAuthRegistration): OAuthProvider => ({
  ...registration,
  id: 'google',
  label: 'Google',
  scope: 'openid email https://mail.google.com/',
  parameters: { access_type: 'offline', prompt: 'consent' },
  mailScope: 'https://mail.google.com/',
  sharedMailboxes: false,
});

/** Microsoft 365 and Outlook.com. A support address there is mostly a shared mailbox, opened with a member's sign-in. */
export const microsoft = (registration: OAuthRegistration): OAuthProvider => ({
  ...registration,
  id: 'microsoft',
  label: 'Microsoft',
  scope: 'openid email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
  parameters: { prompt: 'select_account' },
  mailScope: null,
  sharedMailboxes: true,
});

/** The provider's servers, to be signed in to as `user`. A password from before is forgotten. */
export function mailServers({ imapUrl, smtpUrl }: OAuthProvider, user: string): Pick<EmailSettings, 'imap' | 'smtp'> {
  return {
    imap: { ...server(imapUrl), user, password: undefined },
    smtp: { ...server(smtpUrl), user, password: undefined },
  };
}

function server(address: string): { host: string; port: number; secure: boolean } {
  const { protocol, hostname, port } = new URL(address);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), secure: /^(imaps|smtps):$/.test(protocol) };
}
