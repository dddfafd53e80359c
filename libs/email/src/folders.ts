import type { ImapFlow, ListResponse, MailboxObject } from 'imapflow';

/** What a folder is for. It decides how its mail is read: what lies in Sent is ours whatever its From says, junk is warned of. */
export type FolderRole = 'inbox' | 'sent' | 'junk' | 'other';

/** A folder that is read, by its name on the server. */
export interface WatchedFolder {
  path: string;
  role: FolderRole;
}

/** The folders of a mailbox that are to be read, the one to listen to first, and the chosen ones that do not exist. */
export interface FolderPlan {
  folders: WatchedFolder[];
  missing: string[];
  /** Everything that can be read here, by name. */
  listed: string[];
  /** The folder that holds each mail once more (`\All`), where there is one. */
  all: string | null;
}

/** Folders may be chosen by what they are for, because servers call them by many names (RFC 6154). */
const specialUses: Record<string, string> = { sent: '\\Sent', junk: '\\Junk', archive: '\\Archive', all: '\\All' };

/** Looks up the chosen folders. None chosen: the inbox, and Sent where there is one. */
export async function planFolders(client: ImapFlow, chosen?: string[]): Promise<FolderPlan> {
  const listed = (await client.list()).filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'));
  const wanted = chosen?.length ? chosen : ['INBOX', '\\Sent'];
  const found = wanted.map((name) => ({ name, entry: findFolder(listed, name) }));
  const entries = [...new Set(found.flatMap(({ entry }) => entry ?? []))];
  const folders = entries.map((entry) => ({ path: entry.path, role: roleOf(entry) }));
  return {
    folders: [...folders.filter(({ role }) => role === 'inbox'), ...folders.filter(({ role }) => role !== 'inbox')],
    missing: chosen?.length ? found.filter(({ entry }) => !entry).map(({ name }) => name) : [],
    listed: listed.map(({ path }) => path),
    all: listed.find(({ specialUse }) => specialUse === '\\All')?.path ?? null,
  };
}

/**
 * Why these folders must not be read together, or null. At Gmail `\All` holds each mail once more: everything would be
 * fetched twice, of a daily ration, and mail that we sent could no longer be told from mail that came in.
 */
export function doubledFolders({ folders, all }: FolderPlan): string | null {
  const others = folders.filter(({ path, role }) => path !== all && role !== 'junk').map(({ path }) => path);
  if (!others.length || !folders.some(({ path }) => path === all)) return null;
  return `"${all}" already holds the mail of ${quoted(others)}: choose either that one or the others, else every mail is fetched twice`;
}

/** What is wrong with the chosen folders, as a sentence, or null. */
export function missingFolders({ missing, listed }: FolderPlan): string | null {
  if (!missing.length) return null;
  const one = missing.length === 1;
  const there = listed.length > 20 ? `${quoted(listed.slice(0, 20))} and ${listed.length - 20} more` : quoted(listed);
  return `The ${one ? 'folder' : 'folders'} ${quoted(missing)} ${one ? 'does' : 'do'} not exist in this mailbox. It has ${there}.`;
}

/** Opens a folder for reading only, so that nothing in it is changed, unless it is open already. */
export async function openFolder(client: ImapFlow, path: string): Promise<MailboxObject> {
  if (client.mailbox && client.mailbox.path === path) return client.mailbox;
  return client.mailboxOpen(path, { readOnly: true });
}

/** A name means itself before it means a use: the form offers names. INBOX alone is known in any spelling (RFC 3501 §5.1). */
function findFolder(listed: ListResponse[], chosen: string): ListResponse | undefined {
  const name = chosen.trim();
  const word = name.toLowerCase().replace(/^\\/, '');
  const special = specialUses[word];
  return (
    listed.find(({ path }) => path === name || (word === 'inbox' && path.toLowerCase() === word)) ??
    listed.find(({ specialUse }) => specialUse && specialUse === special)
  );
}

function roleOf({ path, specialUse }: ListResponse): FolderRole {
  if (path.toLowerCase() === 'inbox') return 'inbox';
  return specialUse === '\\Sent' ? 'sent' : specialUse === '\\Junk' ? 'junk' : 'other';
}

const quoted = (names: string[]) => names.map((name) => `"${name}"`).join(', ');
