import { replyWindow } from './reply-window.js';

const wrote = new Date('2026-11-20T12:00:00Z');
const after = (seconds: number) => new Date(wrote.getTime() + seconds * 1000);
const DAY = 86_400;

test.each([
  [0, true, 'standard', after(DAY)],
  [-30, true, 'standard', after(DAY)],
  [DAY - 1, true, 'standard', after(DAY)],
  [DAY, true, 'standard', after(DAY)],
  [DAY + 1, true, 'human_agent', after(7 * DAY)],
  [7 * DAY, true, 'human_agent', after(7 * DAY)],
  [7 * DAY + 1, false, 'closed', after(7 * DAY)],
])('%d seconds after the customer wrote', (seconds, open, mode, closesAt) => {
  const window = replyWindow({ kind: 'dm', lastInboundAt: wrote, lastActionAt: null, comment: null }, after(seconds));
  expect(window).toMatchObject({ open, mode, closesAt });
  if (!open) expect(window.reason).toContain('7 days');
});

test('who never wrote cannot be written to', () => {
  expect(replyWindow({ kind: 'dm', lastInboundAt: null, lastActionAt: null, comment: null }, wrote)).toMatchObject({
    open: false,
    closesAt: null,
    reason: expect.stringContaining('not written'),
  });
});
