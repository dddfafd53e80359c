import type { LinkReason } from '../conversations/conversation.entity.js';

/** What decides where a message may go, of the message itself. */
export interface Arrival {
  direction: 'inbound' | 'outbound';
  human: boolean;
  backfill: boolean;
  sentAt: Date;
  baseSubject: string;
  isReply: boolean;
  reopenDays: number;
  subjectDays: number;
}

/** A conversation that a message may belong to. */
export interface Candidate {
  conversationId: string;
  number: number;
  /** The conversation's own subject, and that of the very message the key names. */
  subjects: Array<string | null>;
  /** Null while it is not closed. */
  closedSince: Date | null;
  /** Whether the sender, or of a message we only know from answers to it anybody it names, has part in it. */
  takesPart: boolean;
  /** Whether an agent moved the sender's mail away from here. */
  excluded: boolean;
}

/** Why a message does not go where its keys point. `suspicious`: a person should look at it before answering. */
export interface Refusal {
  reason: Extract<LinkReason, 'stranger' | 'split' | 'continues'>;
  why: string;
  suspicious: boolean;
}

type Guard = (arrival: Arrival, candidate: Candidate) => Refusal | null;

const day = 86_400_000;

/** The first guard that keeps a message out of a conversation; null when all let it in. Machines answer where they are asked to: nothing keeps them out. */
export function refusal(arrival: Arrival, candidate: Candidate): Refusal | null {
  if (!arrival.human) return null;
  for (const guard of [fromStranger, aboutSomethingElse, tooLate]) {
    const found = guard(arrival, candidate);
    if (found) return found;
  }
  return null;
}

/** Knowing an id is no ticket of admission: ids are forwarded and leak. */
const fromStranger: Guard = ({ direction }, { takesPart, number }) =>
  direction === 'outbound' || takesPart
    ? null
    : {
        reason: 'stranger',
        why: `It answers a mail of conversation ${number}, in which its sender has no part`,
        suspicious: true,
      };

/** What an agent reads above a stranger's answer to a conversation. */
export const strangerReview = (number: number): string =>
  `Somebody who has no part in conversation ${number} answered one of its mails. Check who wrote before you tell them anything.`;

/**
 * What an agent reads where a machine's mail was let in although its sender has no part, as of an assistant's out-of-office
 * note: anybody can call a mail automatic. Null for what is nothing to look at; what reports on a mail of ours is proven to.
 */
export const machineReview = ({ human, direction }: Arrival, { takesPart }: Candidate, rule: string): string | null =>
  human || direction === 'outbound' || takesPart || rule === 'report'
    ? null
    : 'An automatic mail of somebody who has no part in this conversation is in it. Check who sent it before you act on it.';

/** People take an old mail and press Reply to write about a new matter. */
const aboutSomethingElse: Guard = ({ baseSubject }, { subjects, number }) =>
  subjects.some((subject) => !isAnotherSubject(baseSubject, subject))
    ? null
    : { reason: 'split', why: `It answers a mail of conversation ${number} under an entirely new subject`, suspicious: false };

/** History was closed when it came in; only what arrives now can be too late. */
const tooLate: Guard = ({ direction, backfill, sentAt, reopenDays }, { closedSince, number }) =>
  direction === 'inbound' && !backfill && closedSince && sentAt.getTime() - closedSince.getTime() > reopenDays * day
    ? {
        reason: 'continues',
        why: `Conversation ${number}, which it answers, was closed more than ${reopenDays} days before`,
        suspicious: false,
      }
    : null;

/** Whether two subjects have no word in common. Where either is empty nobody can tell, and it is not. */
export function isAnotherSubject(one: string, other: string | null): boolean {
  const [first, second] = [wordsOf(one), wordsOf(other ?? '')];
  const withoutPrefixes = wordsOf((other ?? '').replace(/^(?:\s*[\p{L}]{1,12}(?:\[\d+\])?\s*[:：])+/u, ''));
  if (!first.size || !withoutPrefixes.size) return false;
  return ![...first].some((word) => second.has(word));
}

/** Words of two letters or more; of scripts without spaces each pair of characters. */
function wordsOf(text: string): Set<string> {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]{2,}|\p{sc=Han}/gu) ?? [];
  const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;
  return new Set(words.flatMap((word) => (unspaced.test(word) && word.length > 2 ? pairsOf(word) : word)));
}

const pairsOf = (word: string): string[] => Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2));

/** Subjects under which everybody writes about something else. */
const everyday =
  /^(hello|hi there|good (morning|day|afternoon)|question|questions|inquiry|enquiry|general (inquiry|enquiry|question)|invoice|your invoice|support|support request|help needed|please help|contact form|new message|new contact|order|your order|my order|information|request|feedback|urgent|important|no subject|\(no subject\)|kein betreff|anfrage|rechnung|kontaktformular|bestellung|ihre bestellung|sans objet|demande|facture|commande|pregunta|consulta|factura|pedido|richiesta|fattura|ordine|vraag|bestelling)\W*$/i;

/** Whether a message may be joined by subject and sender at all, where no id is known. */
export function mayJoinBySubject({ direction, human, isReply, baseSubject, subjectDays }: Arrival): boolean {
  return subjectDays > 0 && direction === 'inbound' && human && isReply && [...baseSubject].length >= 10 && !everyday.test(baseSubject);
}

/** The time within which a conversation must have been active for that. */
export function subjectWindow({ sentAt, subjectDays }: Arrival): [from: Date, to: Date] {
  return [new Date(sentAt.getTime() - subjectDays * day), new Date(sentAt.getTime() + subjectDays * day)];
}

const sayings: Record<string, string> = {
  'reply-token': 'It came to the reply address of a mail of this conversation',
  report: 'It reports on a mail of this conversation',
  'in-reply-to': 'It answers a mail of this conversation',
  references: 'It names a mail of this conversation as part of its thread',
  'thread-index': 'Outlook puts it into the same thread, under the same subject',
  'referenced-before': 'Mails of this conversation answer it',
};

/** What a rule went by, in words, with the id behind it. */
export const evidenceOf = (rule: string, key: string): string => (sayings[rule] ? `${sayings[rule]} (${key})` : key);
