import { useCallback, useSyncExternalStore } from 'react';
import type { Attachment, ReplyMode } from '../api/shapes.js';

/** An answer being written. `key` names one attempt to send it, so that trying again after a lost answer never sends twice. */
export interface Draft {
  text: string;
  /** Null as long as the agent leaves it at whom the channel suggests. */
  cc: string[] | null;
  bcc: string[];
  attachments: Attachment[];
  /** Under a post: who is to read it; null as long as the agent leaves it at what is possible. */
  mode: ReplyMode | null;
  /** The id of the message that it answers; null for none in particular. */
  replyTo: string | null;
  key: string;
  failure: { message: string; stale: boolean } | null;
}

export type DraftKind = 'reply' | 'note';

const prefix = 'draft:';
const listeners = new Set<() => void>();
const parsed = new Map<string, Draft>();

/** Ids that need no secure context: the page may be served over plain HTTP inside a company. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('');

export const emptyDraft = (): Draft => ({
  ...{ text: '', cc: null, bcc: [], attachments: [], mode: null, replyTo: null },
  ...{ key: newKey(), failure: null },
});

const nameOf = (kind: DraftKind, conversationId: string) => `${prefix}${kind}:${conversationId}`;

function read(name: string): Draft {
  const known = parsed.get(name);
  if (known) return known;
  const kept = sessionStorage.getItem(name);
  // A draft may have been kept by an earlier version of this page.
  const draft = { ...emptyDraft(), ...(kept ? (JSON.parse(kept) as Partial<Draft>) : {}) };
  parsed.set(name, draft);
  return draft;
}

function write(name: string, draft: Draft) {
  parsed.set(name, draft);
  const worthKeeping = draft.text || draft.cc || draft.bcc.length || draft.attachments.length || draft.mode || draft.replyTo;
  if (worthKeeping) sessionStorage.setItem(name, JSON.stringify(draft));
  else sessionStorage.removeItem(name);
  listeners.forEach((tell) => tell());
}

/** Changes a draft from outside of the screen it is written on, e.g. when its sending failed after the agent went on. */
export function changeDraft(kind: DraftKind, conversationId: string, change: (draft: Draft) => Draft): void {
  const name = nameOf(kind, conversationId);
  write(name, change(read(name)));
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

/** The draft of a conversation, kept in this tab over reloads. An edit makes it another attempt and clears the failure. */
export function useDraft(kind: DraftKind, conversationId: string) {
  const draft = useSyncExternalStore(subscribe, () => read(nameOf(kind, conversationId)));
  const edit = useCallback(
    (part: Partial<Draft>) => changeDraft(kind, conversationId, (before) => ({ ...before, ...part, key: newKey(), failure: null })),
    [kind, conversationId],
  );
  return [draft, edit] as const;
}

/** Leaves nothing behind for the next person at this machine. */
export function forgetDrafts(): void {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(prefix)) sessionStorage.removeItem(name);
  parsed.clear();
}
