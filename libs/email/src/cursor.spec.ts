import { type FolderPlace, mayHaveNews, Places } from './cursor.js';

const now = new Date('2026-03-01T12:00:00.500Z');
const [validity, renewed] = [1_770_000_000n, 1_780_000_000n];
const listed = ['INBOX', 'Orders', 'Sent'];
const place: FolderPlace = { uidValidity: String(validity), lastUid: 10, since: null, newestAt: now.toISOString() };
const savedOf = (folders: Record<string, FolderPlace>) => new Places({ folders }, {}, now);

test('a folder met for the first time begins at its end, with history only where an import is asked for', () => {
  const [fresh, all, since] = [{}, { importSince: 'all' }, { importSince: '2026-01-31' }].map(
    (settings) => new Places(null, settings, now),
  );
  for (const places of [fresh, all, since]) expect(places?.open('INBOX', { uidValidity: validity, uidNext: 8 }, listed)).toBe(true);
  expect(fresh?.at('INBOX')).toMatchObject({ lastUid: 7, since: '2026-03-01T12:00:00.000Z', startedAt: '2026-03-01T12:00:00.000Z' });
  expect(fresh?.at('INBOX')?.backfill).toBeUndefined();
  expect(all?.at('INBOX')).toMatchObject({ since: null, backfill: { below: 8, done: 0, total: null } });
  expect(since?.at('INBOX')).toMatchObject({ since: '2026-01-31T00:00:00.000Z', backfill: { below: 8 } });
});

test('more history is imported when more is asked for later, and none is forgotten when less is', () => {
  const state = { uidValidity: validity, uidNext: 11 };
  const since = '2026-01-31T00:00:00.000Z';
  const asking = (importSince: string) => new Places({ folders: { INBOX: { ...place, since } } }, { importSince }, now);
  for (const [importSince, begins] of [
    ['all', null],
    ['2025-12-24', '2025-12-24T00:00:00.000Z'],
  ] as const) {
    const places = asking(importSince);
    expect(places.open('INBOX', state, listed)).toBe(true);
    expect(places.at('INBOX')).toMatchObject({ lastUid: 10, since: begins, backfill: { below: 11, done: 0, total: null } });
    expect(places.open('INBOX', state, listed)).toBe(false);
  }
  for (const importSince of ['now', '2026-01-31', '2026-02-15']) expect(asking(importSince).open('INBOX', state, listed)).toBe(false);
});

test('new UIDs mean another look at all that is ours; a UIDVALIDITY of 0 means nothing', () => {
  const places = savedOf({ INBOX: { ...place, highestModseq: '77' } });
  expect(places.open('INBOX', { uidValidity: 0n, uidNext: 5 }, listed)).toBe(false);
  expect(places.at('INBOX')).toMatchObject({ lastUid: 10, highestModseq: '77' });
  expect(places.open('INBOX', { uidValidity: renewed, uidNext: 5 }, listed)).toBe(true);
  expect(places.at('INBOX')).toMatchObject({ uidValidity: String(renewed), lastUid: 4, since: null, backfill: { below: 5 } });
  expect(places.at('INBOX')?.highestModseq).toBeUndefined();
});

test('a mailbox that moved to another server is looked through again, also where both number their mail alike', () => {
  const [state, at] = [{ uidValidity: 1n, uidNext: 11 }, (host: string) => ({ imap: { host, user: 'Shop' } })];
  const before = new Places({ folders: { INBOX: { ...place, uidValidity: '1' } } }, at('imap.old.example'), now).saved();
  expect(new Places(before, at('IMAP.old.example'), now).open('INBOX', state, listed)).toBe(false);
  const moved = new Places(before, at('imap.new.example'), now);
  expect(moved.open('INBOX', state, listed)).toBe(true);
  expect(moved.at('INBOX')).toMatchObject({ uidValidity: '1', backfill: { below: 11, done: 0 } });
  expect(new Places(moved.saved(), at('imap.new.example'), now).open('INBOX', state, listed)).toBe(false);
});

test('a folder is known again by its UIDs under another name, unless these say nothing or the old name still stands', () => {
  const state = { uidValidity: validity, uidNext: 15 };
  const renamed = savedOf({ INBOX: place, Bestellungen: { ...place, lastUid: 12 } });
  renamed.open('Orders', state, ['INBOX', 'Orders']);
  expect(renamed.at('Orders')?.lastUid).toBe(12);
  expect(renamed.at('Bestellungen')).toBeUndefined();
  const copied = savedOf({ Orders: { ...place, lastUid: 12 } });
  copied.open('INBOX', state, listed);
  expect(copied.at('INBOX')?.lastUid).toBe(14);
  const counted = savedOf({ Bestellungen: { ...place, uidValidity: '1' } });
  counted.open('Orders', { ...state, uidValidity: 1n }, listed);
  expect(counted.at('Orders')?.lastUid).toBe(14);
});

test('a folder has to be opened only when something may have come into it', () => {
  const known = { ...place, highestModseq: '77' };
  expect(mayHaveNews(known, { uidValidity: validity, uidNext: 11 })).toBe(false);
  expect(mayHaveNews(known, { uidValidity: validity, uidNext: 12, highestModseq: 78n })).toBe(true);
  // The newest mail came and went again before we looked, and we saw that.
  expect(mayHaveNews(known, { uidValidity: validity, uidNext: 12, highestModseq: 77n })).toBe(false);
  expect(mayHaveNews(known, { uidValidity: renewed, uidNext: 1, highestModseq: 77n })).toBe(true);
  expect(mayHaveNews(known, {})).toBe(true);
});

test('progress is told over all folders until the last is done, and counts none that are no longer read', () => {
  const places = savedOf({
    INBOX: { ...place, backfill: { below: 1, done: 30, total: 30 } },
    Sent: { ...place, backfill: { below: 5, done: 6, total: 10 } },
    Orders: { ...place, backfill: { below: 5, done: 1, total: 99 } },
  });
  expect(places.progress(['INBOX', 'Sent'])).toEqual({ done: 36, total: 40 });
  expect(places.endImports(['INBOX', 'Sent'])).toBe(false);
  expect(places.endImports(['INBOX'])).toBe(true);
  expect(places.progress(['INBOX'])).toBeNull();
});
