import type { CommentFacts, ReplyKind, WindowFacts } from '#libs/connector';
import type { Platform } from './line.js';
import { replyWindow } from './reply-window.js';

const start = new Date('2026-11-20T12:00:00Z');
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const DAY = 86_400;
const WEEK = 7 * DAY;

const chat = (wrote: number | null, acted: number | null): WindowFacts => ({
  kind: 'dm',
  lastInboundAt: wrote === null ? null : after(wrote),
  lastActionAt: acted === null ? null : after(acted),
  comment: null,
});
const comment = (facts: Partial<CommentFacts> = {}): WindowFacts => ({
  kind: 'comment',
  lastInboundAt: start,
  lastActionAt: start,
  comment: { writtenAt: start, answeredPrivately: false, gone: false, isLive: false, ...facts },
});
const byHand: ReplyKind = { mode: null, automatic: false };
const automatic: ReplyKind = { mode: null, automatic: true };
const at = (facts: WindowFacts, seconds: number, reply?: ReplyKind, platform: Platform = 'messenger') =>
  replyWindow(platform, facts, after(seconds), reply);

describe.each(['messenger', 'instagram'] as const)('a chat on %s', (platform) => {
  test.each([
    // wrote, acted, now; mode, until
    [0, 0, 0, 'standard', DAY],
    [0, 0, DAY - 1, 'standard', DAY],
    [0, 0, DAY, 'standard', DAY],
    [0, 0, DAY + 1, 'human_agent', WEEK],
    [0, 0, WEEK - 1, 'human_agent', WEEK],
    [0, 0, WEEK, 'human_agent', WEEK],
    [0, 0, WEEK + 1, 'closed', WEEK],
    // What was done without a word opens the 24 hours anew, but not the 7 days.
    [0, 2 * DAY, 3 * DAY, 'standard', 3 * DAY],
    [0, 2 * DAY, 3 * DAY + 1, 'human_agent', WEEK],
    [0, WEEK - 10, WEEK + 1, 'standard', WEEK - 10 + DAY],
    [0, WEEK - 10, WEEK - 10 + DAY + 1, 'closed', WEEK - 10 + DAY],
    [0, 30 * DAY, 31 * DAY, 'standard', 31 * DAY],
    // Never wrote, but came from an ad.
    [null, 0, DAY, 'standard', DAY],
    [null, 0, DAY + 1, 'closed', DAY],
    // Known only by their message.
    [0, null, DAY, 'standard', DAY],
    [0, null, DAY + 1, 'human_agent', WEEK],
    // The customer's clock, or Meta's, is ahead of ours.
    [0, 0, -1, 'standard', DAY],
    [0, 0, -59, 'standard', DAY],
    [0, 0, -600, 'standard', DAY],
  ])('wrote at %p, acted at %p: at %p s by hand it is %s until %p', (wrote, acted, now, mode, until) => {
    const window = at(chat(wrote, acted), now, byHand, platform);
    expect(window).toMatchObject({ mode, open: mode !== 'closed', closesAt: after(until) });
    expect(window.reason === null).toBe(mode === 'standard');
    expect(at(chat(wrote, acted), now, undefined, platform)).toEqual(window);
  });

  test.each([
    [0, 0, 0, true, DAY],
    // Our clock may be behind Meta's by a minute, and nobody is there to send again.
    [0, 0, DAY - 60, true, DAY],
    [0, 0, DAY - 59, false, DAY],
    [0, 0, DAY + 1, false, DAY],
    [0, 0, 2 * DAY, false, DAY],
    [0, 2 * DAY, 3 * DAY - 60, true, 3 * DAY],
    [0, 2 * DAY, 3 * DAY - 59, false, 3 * DAY],
    [null, 0, DAY - 60, true, DAY],
    [0, 0, -600, true, DAY],
  ])('wrote at %p, acted at %p: at %p s what no person writes may leave: %s', (wrote, acted, now, open, until) => {
    const window = at(chat(wrote, acted), now, automatic, platform);
    expect(window).toMatchObject({ open, mode: open ? 'standard' : 'closed', closesAt: after(until) });
    if (!open) expect(window.reason).toContain('only people');
  });

  test('who never came cannot be written to, and a private answer to a comment is named as the way', () => {
    for (const reply of [byHand, automatic])
      expect(at(chat(null, null), 0, reply, platform)).toMatchObject({
        open: false,
        mode: 'closed',
        closesAt: null,
        reason: expect.stringMatching(/not written to us.*private answer/),
      });
  });

  test('the reasons name what has passed and what would help', () => {
    expect(at(chat(0, 0), WEEK + 1, byHand, platform).reason).toMatch(/7 days.*write again/);
    expect(at(chat(null, 0), DAY + 1, byHand, platform).reason).toMatch(/never wrote/);
    expect(at(chat(0, 0), DAY + 1, byHand, platform).reason).toMatch(/24 hours.*must not advertise/);
  });
});

describe.each(['messenger', 'instagram'] as const)('a comment on %s', (platform) => {
  const publicly: ReplyKind = { mode: 'public', automatic: false };
  const privately: ReplyKind = { mode: 'private', automatic: false };

  test.each([0, WEEK, 1000 * DAY])('is answered publicly at any time (%d s)', (now) => {
    for (const reply of [publicly, { ...publicly, automatic: true }, byHand, undefined])
      expect(at(comment(), now, reply, platform)).toEqual({ open: true, mode: 'public', closesAt: null, reason: null });
  });

  test.each([
    [-600, true],
    [0, true],
    [WEEK - 1, true],
    [WEEK, true],
    [WEEK + 1, false],
  ])('is answered privately within 7 days of its writing (%d s)', (now, open) => {
    const window = at(comment(), now, privately, platform);
    expect(window).toMatchObject({ open, mode: open ? 'private' : 'closed', closesAt: after(WEEK) });
    expect(window.reason).toEqual(open ? null : expect.stringContaining('7 days'));
  });

  test('later comments of the same person do not help an old one, nor do their chats', () => {
    const facts = { ...comment(), lastInboundAt: after(WEEK), lastActionAt: after(WEEK) };
    expect(at(facts, WEEK + 1, privately, platform).open).toBe(false);
  });

  test('is answered privately once, publicly even then', () => {
    const facts = comment({ answeredPrivately: true });
    expect(at(facts, 1, privately, platform)).toMatchObject({ open: false, closesAt: null, reason: expect.stringContaining('once') });
    expect(at(facts, 1, publicly, platform).open).toBe(true);
  });

  test.each([publicly, privately])('is not answered when it is gone, or was none (%j)', (reply) => {
    expect(at(comment({ gone: true }), 1, reply, platform)).toMatchObject({
      open: false,
      reason: expect.stringContaining('no longer there'),
    });
    expect(at({ ...comment(), comment: null }, 1, reply, platform)).toMatchObject({ open: false, reason: expect.stringMatching(/\w/) });
  });

  test('under a live broadcast Instagram allows only a private answer, while it lasts', () => {
    const live = comment({ isLive: true });
    const instagram = platform === 'instagram';
    expect(at(live, 1, publicly, platform).open).toBe(!instagram);
    expect(at(live, 1, privately, platform)).toMatchObject({ open: true, closesAt: after(WEEK) });
    expect(at(live, 1, privately, platform).reason).toEqual(instagram ? expect.stringContaining('while') : null);
    expect(at(comment({ isLive: true, gone: true }), 1, privately, platform).open).toBe(false);
  });
});
