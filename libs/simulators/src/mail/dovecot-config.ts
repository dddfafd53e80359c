/** What a private Dovecot has to be told: where it may write, where to listen, and as whom to read mail. */
export interface DovecotPlan {
  version: string;
  root: string;
  port: number;
  /** The system user that Dovecot's own processes run as, or null for the users its package made (needs root). */
  runAs: { user: string; group: string } | null;
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

const version23 = ({ root }: DovecotPlan) => [
  'disable_plaintext_auth = no',
  'mail_location = maildir:~/Maildir',
  `passdb {\n  driver = passwd-file\n  args = ${root}/users\n}`,
  `userdb {\n  driver = passwd-file\n  args = ${root}/users\n}`,
];

const version24 = ({ root, version }: DovecotPlan) => [
  `dovecot_config_version = ${/^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '2.4.0'}`,
  'dovecot_storage_version = 2.4.0',
  'auth_allow_cleartext = yes',
  'mail_driver = maildir',
  'mail_path = ~/Maildir',
  `passdb passwd-file {\n  passwd_file_path = ${root}/users\n}`,
  `userdb passwd-file {\n  passwd_file_path = ${root}/users\n}`,
];

const common = ({ root, port, runAs }: DovecotPlan) => [
  'protocols = imap',
  'listen = 127.0.0.1',
  `base_dir = ${root}/run`,
  `state_dir = ${root}/state`,
  `log_path = ${root}/dovecot.log`,
  'ssl = no',
  'first_valid_uid = 1',
  'first_valid_gid = 1',
  'auth_failure_delay = 0',
  'namespace inbox {\n  inbox = yes\n  separator = /\n  mailbox Sent {\n    special_use = \\Sent\n  }\n}',
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
