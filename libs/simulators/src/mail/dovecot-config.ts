/** What a private Dovecot has to be told: where it may write, where to listen, and as whom to read mail. */
export interface DovecotPlan {
  version: string;
  root: string;
  port: number;
  /** The system user that Dovecot's own processes run as, or null for the users its package made (needs root). */
  runAs: { user: string; group: string } | null;
  /** Where access tokens are looked up (RFC 7662); null for passwords only. */
  introspectionUrl: string | null;
  /** Whether the server knows IDLE (RFC 2177). */
  idle: boolean;
}

/** A dovecot.conf that touches nothing outside `root`, in the syntax of the installed version (2.3 or 2.4 on). */
export function dovecotConfig(plan: DovecotPlan): string {
  return [...(isNewSyntax(plan.version) ? version24(plan) : version23(plan)), ...common(plan)].join('\n') + '\n';
}

/** Dovecot 2.4 renamed most settings and wants its configuration version named first. */
function isNewSyntax(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 4);
}

/** Dovecot 2.3 wants a file of its own for the look-up of access tokens. */
export function oauth2Config(introspectionUrl: string): string {
  return [
    `introspection_url = ${introspectionUrl}`,
    'introspection_mode = post',
    'username_attribute = username',
    'active_attribute = active',
    'active_value = true',
    '',
  ].join('\n');
}

const version23 = ({ root, introspectionUrl, idle }: DovecotPlan) => [
  'disable_plaintext_auth = no',
  'mail_location = maildir:~/Maildir',
  `passdb {\n  driver = passwd-file\n  mechanisms = plain login\n  args = ${root}/users\n}`,
  ...(introspectionUrl ? [`passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = ${root}/oauth2.conf\n}`] : []),
  ...(idle ? [] : [`imap_capability = ${withoutIdle}`]),
  `userdb {\n  driver = passwd-file\n  args = ${root}/users\n}`,
];

/** What Dovecot 2.3 can be told to say of itself is all or nothing. */
const withoutIdle =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE LITERAL+ SORT THREAD=REFERENCES MULTIAPPEND UNSELECT CHILDREN NAMESPACE UIDPLUS ' +
  'LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN LIST-STATUS BINARY MOVE SPECIAL-USE';

const version24 = ({ root, version, introspectionUrl, idle }: DovecotPlan) => [
  `dovecot_config_version = ${/^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '2.4.0'}`,
  'dovecot_storage_version = 2.4.0',
  'auth_allow_cleartext = yes',
  'mail_driver = maildir',
  'mail_path = ~/Maildir',
  `passdb passwd-file {\n  mechanisms_filter = plain login\n  passwd_file_path = ${root}/users\n}`,
  ...(introspectionUrl
    ? [
        `oauth2 {\n  introspection_url = ${introspectionUrl}\n  introspection_mode = post\n  username_attribute = username\n}`,
        'passdb oauth2 {\n  mechanisms_filter = xoauth2 oauthbearer\n}',
      ]
    : []),
  ...(idle ? [] : ['imap_capability {\n  IDLE = no\n}']),
  `userdb passwd-file {\n  passwd_file_path = ${root}/users\n}`,
];

const specialFolder = (name: string) => `  mailbox ${name} {\n    special_use = \\${name}\n  }\n`;

const common = ({ root, port, runAs, introspectionUrl }: DovecotPlan) => [
  'protocols = imap',
  `auth_mechanisms = plain login${introspectionUrl ? ' xoauth2 oauthbearer' : ''}`,
  'listen = 127.0.0.1',
  `base_dir = ${root}/run`,
  `state_dir = ${root}/state`,
  `log_path = ${root}/dovecot.log`,
  'ssl = no',
  'first_valid_uid = 1',
  'first_valid_gid = 1',
  'auth_failure_delay = 0',
  `namespace inbox {\n  inbox = yes\n  separator = /\n${['Sent', 'Junk', 'Archive', 'All'].map(specialFolder).join('')}}`,
  ...(runAs
    ? [
        `default_internal_user = ${runAs.user}`,
        `default_internal_group = ${runAs.group}`,
        `default_login_user = ${runAs.user}`,
        'service anvil {\n  chroot =\n}',
        'service stats {\n  chroot =\n}',
      ]
    : []),
  // Without this listener repeated wrong passwords are not slowed down: tests make them on purpose.
  'service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}',
  `service imap-login {${runAs ? '\n  chroot =' : ''}
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}`,
];
