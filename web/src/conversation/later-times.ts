const hourMs = 3_600_000;

/** Times at which replies are often meant to leave, by their names in the texts; only those that are still ahead. */
export function laterTimes(now: Date): Array<{ name: 'later' | 'tomorrow' | 'monday'; at: Date }> {
  const untilMonday = (8 - now.getDay()) % 7 || 7;
  const later = new Date(Math.ceil((now.getTime() + 2 * hourMs) / hourMs) * hourMs);
  const tomorrow = morning(now, 1);
  const monday = morning(now, untilMonday);
  return [
    ...(later.getDate() === now.getDate() ? [{ name: 'later' as const, at: later }] : []),
    { name: 'tomorrow' as const, at: tomorrow },
    ...(untilMonday > 1 ? [{ name: 'monday' as const, at: monday }] : []),
  ];
}

const morning = (now: Date, days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9);

/** As an input of date and time takes it: local, to the minute. */
export function asInput(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
