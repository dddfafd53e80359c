import { isISO8601 } from 'class-validator';
import type { Cursor } from '#libs/connector';

/** Where we are in one folder. */
export interface FolderPlace {
  /** RFC 3501 §2.3.1.1: UIDs mean nothing under another value. Text, because it is a BigInt. */
  uidValidity: string;
  /** All mail up to this UID that was there when it was passed is stored. */
  lastUid: number;
  /** From when on the folder's mail is ours: an ISO time, or null for all of it. */
  since: string | null;
  /** When the newest mail stored so far came in, by the server's clock: what is younger is no history. */
  newestAt: string;
  /** Where the line broke while a mail was fetched, and how often: some mails break it each time. */
  stuckAt?: { uid: number; times: number };
  /** History still to be fetched: all below this UID. */
  backfill?: { below: number; done: number; total: number | null };
}

/** A folder's place within the cursor of the channel; `changed` when the folder is met for the first time or has new UIDs. */
export interface FolderCursor {
  place: FolderPlace;
  changed: boolean;
  /** A copy to be stored together with the mails before it. */
  saved(): Cursor;
}

/**
 * The cursor to go on from. At first contact that is the present end of the folder, with as much history as `importSince`
 * asks for. When the server numbered its mail anew, everything that is ours is looked through again: what we hold already
 * is recognised by its key, and nothing is deleted.
 */
export function openCursor(
  saved: Cursor | null,
  folder: string,
  mailbox: { uidValidity: bigint; uidNext: number },
  importSince = 'now',
  now = new Date(),
): FolderCursor {
  const folders = structuredClone((saved?.folders ?? {}) as Record<string, FolderPlace>);
  const known = folders[folder];
  const uidValidity = String(mailbox.uidValidity);
  // Some servers send 0 now and then: that is no news about our UIDs.
  const valid = known && (known.uidValidity === uidValidity || !mailbox.uidValidity);
  const end = { uidValidity, lastUid: mailbox.uidNext - 1 };
  const history = { below: mailbox.uidNext, done: 0, total: null };
  const first = {
    ...end,
    since: startOf(importSince, now),
    newestAt: now.toISOString(),
    ...(importSince !== 'now' && { backfill: history }),
  };
  const place = valid ? known : known ? { ...known, ...end, backfill: history } : first;
  folders[folder] = place;
  return { place, changed: !valid, saved: () => ({ folders: structuredClone(folders) }) };
}

function startOf(importSince: string, now: Date): string | null {
  if (importSince === 'all') return null;
  const start = isISO8601(importSince) ? new Date(importSince) : now;
  // Servers keep whole seconds: a mail of this very second must not count as older.
  start.setMilliseconds(0);
  return start.toISOString();
}
