import ICAL from 'ical.js';
import { decodeText } from './charset.js';

/** What an iCalendar file (RFC 5545, RFC 5546) in a mail is about; times as its author wrote them, with their zone. */
export interface Calendar {
  /** In upper case; `PUBLISH` where none is given. */
  method: string;
  summary: string | null;
  start: string | null;
  end: string | null;
  location: string | null;
  organizer: string | null;
  /** The first attendee's answer, e.g. `ACCEPTED`: on a REPLY that of its sender. */
  answer: string | null;
}

/** What an iCalendar file says of its first event; null when it cannot be read. */
export function calendarOf(bytes: Buffer): Calendar | null {
  try {
    return readCalendar(ICAL.Component.fromString(decodeText(bytes)));
  } catch {
    // A damaged one is still there as a file.
    return null;
  }
}

function readCalendar(root: ICAL.Component): Calendar {
  const event = root.getFirstSubcomponent('vevent') ?? root.getFirstSubcomponent('vtodo');
  const first = (name: string) => event?.getFirstProperty(name) ?? null;
  const value = (name: string) => shown(first(name)?.getFirstValue());
  const organizer = first('organizer');
  return {
    method: String(root.getFirstPropertyValue('method') ?? 'PUBLISH').toUpperCase(),
    summary: value('summary'),
    start: moment(first('dtstart')),
    end: moment(first('dtend')),
    location: value('location'),
    organizer:
      organizer && (shown(organizer.getFirstParameter('cn')) ?? shown(organizer.getFirstValue())?.replace(/^mailto:/i, '') ?? null),
    answer: shown(first('attendee')?.getFirstParameter('partstat'))?.toUpperCase() ?? null,
  };
}

function shown(value: unknown): string | null {
  return (value == null ? '' : String(value)).replace(/\s+/g, ' ').trim().slice(0, 500) || null;
}

function moment(property: ICAL.Property | null): string | null {
  const value = property?.getFirstValue();
  if (!property || !(value instanceof ICAL.Time)) return null;
  const zone = shown(property.getFirstParameter('tzid')) ?? (value.zone?.tzid === 'UTC' ? 'UTC' : null);
  const text = value.isDate ? value.toString() : value.toString().slice(0, 16).replace('T', ' ');
  return zone ? `${text} (${zone})` : text;
}

const titles: Record<string, string> = {
  REQUEST: 'Invitation',
  REPLY: 'Answer to an invitation',
  CANCEL: 'Cancelled',
  COUNTER: 'Another time proposed',
};
const answers: Record<string, string> = {
  ACCEPTED: 'Accepted',
  DECLINED: 'Declined',
  TENTATIVE: 'Tentatively accepted',
  DELEGATED: 'Delegated',
};

/** The event in a few lines, for people. */
export function calendarText({ method, summary, start, end, location, organizer, answer }: Calendar): string {
  const title = (method === 'REPLY' && answers[answer ?? '']) || titles[method] || 'Calendar entry';
  const when = [start, end].filter(Boolean).join(' – ');
  return [
    `${title}: ${summary ?? 'without a title'}`,
    when && `When: ${when}`,
    location && `Where: ${location}`,
    organizer && `Organiser: ${organizer}`,
  ]
    .filter(Boolean)
    .join('\n');
}
