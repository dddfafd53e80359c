import type { EventElement } from './core.js';

/** Elements that no receiver knows, or could: of a kind to come, of no kind, or not even an object. */
const elements = [
  { sender: { id: '7311000000000042' }, recipient: { id: '1' }, timestamp: 1, message_of_the_future: { mid: 'm_odd', aura: 7 } },
  { timestamp: 1 },
  {},
  null,
  'odd',
  7,
];

/** Entries of nobody's account, or with nothing in them. */
const entries: EventElement[] = [
  {
    id: '999999999999999',
    time: 1,
    messaging: [{ sender: { id: '2' }, recipient: { id: '999999999999999' }, timestamp: 1, message: { mid: 'm_nobody', text: '?' } }],
  },
  { id: '999999999999999', time: 1, changes: [{ field: 'horoscope', value: { item: 'star', verb: 'rise' } }] },
  { id: '0', time: 1 },
];

/** Puts one odd thing somewhere among good entries; returns what it was. */
export function spoil(good: EventElement[], random: () => number): string {
  const place = Math.floor(random() * good.length);
  const list = ['messaging', 'standby', 'changes'].find((name) => good[place]?.[name]);
  if (!list || random() < 0.4) {
    const entry = entries[Math.floor(random() * entries.length)]!;
    good.splice(place, 0, entry);
    return `odd entry ${JSON.stringify(entry)}`;
  }
  const odd = elements[Math.floor(random() * elements.length)]!;
  const among = good[place]![list] as EventElement[];
  among.splice(Math.floor(random() * (among.length + 1)), 0, odd as EventElement);
  return `odd element ${JSON.stringify(odd)} in ${list}`;
}
