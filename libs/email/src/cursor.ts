import { isISO8601 } from 'class-validator';
import type { Cursor } from '#libs/connector';
import type { SetAside } from './set-aside.js';
import type { EmailSettings, ImapSettings } from './settings.js';

/** Where we are in one folder. */
export interface FolderPlace {
  /** RFC 3501 §2.3.1.1: UIDs mean nothing under another value. Text, because it is a BigInt. */
  uidValidity: string;
  /** All mail up to this UID that was there when it was passed is stored. */
  lastUid: number;
  /** RFC 7162 §3.1.2.1: while this stands nothing at all happened in the folder. Text; absent where the server does not tell. */
  highestModseq?: string;
  /** From when on the folder's mail is ours: an ISO time, or null for all of it. */
  since: string | null;
  /** When the newest mail stored so far came in, by the server's clock: what is younger is no history. */
  newestAt: string;
  /** Since when the folder is watched, an ISO time of whole seconds: what came in later has to be seen, however late we find it. */
  startedAt?: string;
  /** Where the line broke while a mail was fetched, and how often: some mails break it each time. */
  stuckAt?: { uid: number; times: number };
  /** Mails that are tried again for a day or so. */
  setAside?: SetAside[];
  /** History still to be fetched: all below this UID. Stays, with nothing below, until every folder is done, to count what was done. */
  backfill?: { below: number; done: number; total: number | null };
}

/** What a server says of a folder; `uidValidity` 0 and `uidNext` undefined are seen at broken ones. */
export interface FolderState {
  uidValidity?: bigint;
  uidNext?: number;
  highestModseq?: bigint;
}

/** The cursor of a mailbox: a place in each of its folders, by the folder's name. */
export class Places {
  private readonly folders: Record<string, FolderPlace>;
  private readonly connectedAt?: string;

  constructor(
    saved: Cursor | null,
    private readonly settings: Pick<EmailSettings, 'importSince' | 'folders'> & { imap?: Pick<ImapSettings, 'host' | 'user'> },
    private readonly now = new Date(),
  ) {
    this.folders = structuredClone((saved?.folders ?? {}) as Record<string, FolderPlace>);
    // Small values such as 1 are given by many servers: after a move they would make its mail look like what we know.
    if (saved?.mailbox && saved.mailbox !== this.mailbox)
      for (const place of Object.values(this.folders)) place.uidValidity = 'of another mailbox';
    [this.connectedAt] = Object.values(this.folders)
      .flatMap(({ startedAt }) => startedAt ?? [])
      .sort();
  }

  /** A copy to be stored together with the mails before it. */
  saved(): Cursor {
    return { folders: structuredClone(this.folders), mailbox: this.mailbox };
  }

  private get mailbox(): string | undefined {
    const { imap } = this.settings;
    return imap && `${imap.user}@${imap.host}`.toLowerCase();
  }

  at(folder: string): FolderPlace | undefined {
    return this.folders[folder];
  }

  /**
   * The place to go on from, and whether it is another than before. At first contact that is the present end of the folder,
   * with as much history as was asked for. When the server numbered its mail anew, everything that is ours is looked
   * through again: what we hold already is recognised by its key, and nothing is deleted. The same when more history is
   * asked for than at first contact.
   */
  open(folder: string, state: FolderState & { uidNext: number }, listed: string[]): boolean {
    const known = this.folders[folder] ?? this.formerName(state, listed);
    const uidValidity = String(state.uidValidity ?? 0);
    // Some servers send 0 now and then: that is no news about our UIDs.
    const valid = known && (known.uidValidity === uidValidity || !state.uidValidity);
    const isOther = !valid || !this.folders[folder];
    const end = { uidValidity, lastUid: state.uidNext - 1, highestModseq: undefined, stuckAt: undefined, setAside: undefined };
    this.folders[folder] = valid ? known : known ? { ...known, ...end, backfill: history(state) } : this.firstContact(state, end);
    return this.reachBack(folder, state) || isOther;
  }

  /** How much of the history of these folders is fetched; null when there is none to be fetched. */
  progress(watched: string[]): { done: number; total: number } | null {
    const imports = watched.flatMap((folder) => this.folders[folder]?.backfill ?? []);
    if (!imports.length) return null;
    const sum = (count: (one: (typeof imports)[number]) => number) => imports.reduce((all, one) => all + count(one), 0);
    return { done: sum(({ done }) => done), total: sum(({ done, total }) => Math.max(done, total ?? 0)) };
  }

  /** Forgets the counts of imports that are done. False when there are none, or one still runs. */
  endImports(watched: string[]): boolean {
    const places = watched.flatMap((folder) => this.folders[folder] ?? []);
    if (places.some(({ backfill }) => backfill && backfill.below > 1)) return false;
    const done = Object.values(this.folders).filter(({ backfill }) => backfill && backfill.below <= 1);
    for (const place of done) delete place.backfill;
    return done.length > 0;
  }

  private reachBack(folder: string, state: { uidNext: number }): boolean {
    const { importSince = 'now' } = this.settings;
    const place = this.folders[folder];
    const since = isISO8601(importSince) ? wholeSecond(importSince) : importSince === 'all' ? '' : null;
    if (since === null || !place?.since || since >= place.since) return false;
    Object.assign(place, { since: since || null, backfill: history(state) });
    return true;
  }

  private firstContact(state: { uidNext: number }, end: Pick<FolderPlace, 'uidValidity' | 'lastUid'>): FolderPlace {
    const { importSince = 'now', folders: chosen } = this.settings;
    // Nobody chose it, so it was made on the server since: whatever came into it after we began is ours.
    const appeared = chosen?.length ? undefined : this.connectedAt;
    const startedAt = appeared ?? wholeSecond(this.now.toISOString());
    const since = importSince === 'all' ? null : isISO8601(importSince) ? wholeSecond(importSince) : startedAt;
    const past = appeared || importSince !== 'now';
    // All that came into such a folder is news, also in the very second in which we began.
    const newestAt = appeared ? new Date(Date.parse(appeared) - 1) : this.now;
    return { ...end, since, newestAt: newestAt.toISOString(), startedAt, ...(past && { backfill: history(state) }) };
  }

  /** The place of a folder that was renamed: gone by its old name, with the same UIDs. Small values are given to many folders and say nothing. */
  private formerName({ uidValidity = 0n, uidNext = 0 }: FolderState, listed: string[]): FolderPlace | undefined {
    if (uidValidity < 1_000_000n) return undefined;
    const [name, place] =
      Object.entries(this.folders).find(
        ([former, { uidValidity: value, lastUid }]) => !listed.includes(former) && value === String(uidValidity) && lastUid < uidNext,
      ) ?? [];
    if (name !== undefined) delete this.folders[name];
    return place;
  }
}

/** Whether a folder may hold mail beyond a place, from what STATUS says of it. */
export function mayHaveNews(place: FolderPlace, { uidValidity, uidNext, highestModseq }: FolderState): boolean {
  if (uidValidity && String(uidValidity) !== place.uidValidity) return true;
  if (highestModseq && String(highestModseq) === place.highestModseq) return false;
  return !uidNext || uidNext > place.lastUid + 1;
}

const history = ({ uidNext }: { uidNext: number }) => ({ below: uidNext, done: 0, total: null });

/** Servers keep whole seconds: a mail of this very second must not count as older. */
function wholeSecond(time: string): string {
  const start = new Date(time);
  start.setMilliseconds(0);
  return start.toISOString();
}
