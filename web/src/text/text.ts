import { en } from './en.js';

/** Every visible word of the web. A second language is a second object of this shape, chosen here. */
export const text: typeof en = en;

const language = 'en';

/** Plural forms by the language's own rules: `{ one: '1 reply', other: '# replies' }`, `#` is the number. */
export function plural(count: number, forms: { one: string; other: string }): string {
  const form = new Intl.PluralRules(language).select(count) === 'one' ? forms.one : forms.other;
  return form.replace('#', new Intl.NumberFormat(language).format(count));
}

const relative = new Intl.RelativeTimeFormat(language, { style: 'narrow', numeric: 'auto' });
const dayAndTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const dayAndClock = new Intl.DateTimeFormat(language, { weekday: 'short', hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
const dayAndSeconds = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(language, { timeStyle: 'short' });

const minute = 60_000;
const hour = 60 * minute;

/** How long ago, or how soon, in the shortest words: `5m ago`, `in 3h`; after six days the date. */
export function ago(at: Date, now: Date): string {
  const distance = at.getTime() - now.getTime();
  const size = Math.abs(distance);
  if (size < minute) return text.justNow;
  if (size < hour) return relative.format(Math.trunc(distance / minute), 'minute');
  if (size < 24 * hour) return relative.format(Math.trunc(distance / hour), 'hour');
  if (size < 6 * 24 * hour) return relative.format(Math.trunc(distance / (24 * hour)), 'day');
  return day.format(at);
}

/** To the second. */
export const clockTime = (at: Date): string => dayAndSeconds.format(at);

export const moment = (at: Date): string => dayAndTime.format(at);

/** A moment of these days: the time alone when it is today, else with its weekday. */
export const soonAt = (at: Date, now: Date): string => (at.toDateString() === now.toDateString() ? clock : dayAndClock).format(at);

/** How long something took, to a tenth of a second. */
export function duration(ms: number): string {
  const [size, unit] = ms < minute ? [ms / 1000, 'second'] : ms < hour ? [ms / minute, 'minute'] : [ms / hour, 'hour'];
  return new Intl.NumberFormat(language, { style: 'unit', unit: String(unit), unitDisplay: 'narrow', maximumFractionDigits: 1 }).format(
    Number(size),
  );
}

/** A share of 1, in hundredths. */
export const percent = (share: number): string => new Intl.NumberFormat(language, { style: 'percent' }).format(share);

/** Bytes as people read them. */
export function fileSize(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const step = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  const format = new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[step],
    unitDisplay: step ? 'short' : 'long',
    maximumFractionDigits: 1,
  });
  return format.format(bytes / 1000 ** step);
}
