import type { Given } from './conformance.js';
import type { Capabilities, CommentFacts, Connector, ConversationKind, FileFacts, ReplyKind, ReplyMode, WindowFacts } from './index.js';
import { ConnectorError } from './connector-error.js';

const start = new Date('2026-03-01T12:00:00Z');
const modes: (ReplyMode | null)[] = [null, 'public', 'private'];
const comment: CommentFacts = { writtenAt: start, answeredPrivately: false, gone: false, isLive: false };

const factsOf = (kind: ConversationKind, of: CommentFacts | null = kind === 'comment' ? comment : null): WindowFacts => ({
  ...{ kind, lastInboundAt: start, lastActionAt: start },
  comment: of,
});

/** When a customer may be answered, in which way, and by whom. */
export function describeReplyWindow<S extends object>(given: Given<S>): void {
  const eachWay = (check: (kind: ConversationKind, reply: ReplyKind) => void) => {
    for (const kind of given().connector.kinds)
      for (const mode of modes) for (const automatic of [false, true]) check(kind, { mode, automatic });
  };

  test('a reply window that time has closed stays closed, and says why', () => {
    const { replyWindow } = given().connector;
    eachWay((kind, reply) => {
      let closed = false;
      for (let hours = 0; hours < 40 * 24; hours++) {
        const now = new Date(start.getTime() + hours * 3_600_000);
        const window = replyWindow(factsOf(kind), now, reply);
        expect(replyWindow(factsOf(kind), now, reply)).toEqual(window);
        expect(closed && window.open).toBe(false);
        closed = !window.open;
        if (closed) expect(window.reason).toMatch(/\w/);
        else if (window.closesAt) expect(window.closesAt >= now).toBe(true);
      }
    });
  });

  test('what no person writes may leave at no time when a person’s words may not', () => {
    const { replyWindow } = given().connector;
    eachWay((kind, { mode }) => {
      for (let hours = 0; hours < 40 * 24; hours += 6) {
        const now = new Date(start.getTime() + hours * 3_600_000);
        const [byHand, automatic] = [false, true].map((automatic) => replyWindow(factsOf(kind), now, { mode, automatic }).open);
        expect(automatic && !byHand).toBe(false);
      }
    });
  });

  test('who never came, and a comment that is gone, can be asked about as well', () => {
    const { replyWindow } = given().connector;
    eachWay((kind, reply) => {
      const never = { kind, lastInboundAt: null, lastActionAt: null, comment: null };
      for (const facts of [never, factsOf(kind, { ...comment, gone: true })]) {
        const window = replyWindow(facts, start, reply);
        if (!window.open) expect(window.reason).toMatch(/\w/);
        if (facts.comment && kind === 'comment') expect(window.open).toBe(false);
      }
    });
  });

  test('a comment is answered in private once', () => {
    const { kinds, replyWindow } = given().connector;
    if (!kinds.includes('comment')) return;
    const privately = { mode: 'private' as const, automatic: false };
    expect(replyWindow(factsOf('comment'), start, privately).open).toBe(true);
    expect(replyWindow(factsOf('comment', { ...comment, answeredPrivately: true }), start, privately).open).toBe(false);
  });
}

/** How a reply leaves: in one message or several, with which files. */
export function describeParts<S extends object>(given: Given<S>): void {
  const cases = () => offersOf(given().connector);

  test('what it offers fits together', () => {
    const { connector } = given();
    for (const { limits } of cases()) {
      expect(Boolean(connector.split) || !limits.splits).toBe(true);
      expect(limits.attachments || (!limits.fileTypes.length && limits.maxFileBytes === null)).toBe(true);
      expect(Boolean(connector.act) || (!limits.reactions.length && !limits.typing && !limits.moderation.length)).toBe(true);
      expect(new Set(limits.reactions).size).toBe(limits.reactions.length);
    }
    if (connector.publicCapabilities) expect(connector.kinds).toContain('comment');
  });

  test('its longest text leaves as it is; of a longer one nothing is lost, or it is refused in plain words', () => {
    for (const { mode, limits } of cases()) {
      if (limits.maxLength === null) continue;
      const most = 'x'.repeat(limits.maxLength);
      expect(partsOf(given(), most, mode)).toEqual([most]);
      const longer = 'Päivää! 👩‍👩‍👧‍👦 '.repeat(limits.maxLength).trim();
      if (!limits.splits) expect(refusal(() => partsOf(given(), longer, mode))).toMatchObject({ kind: 'rejected' });
      else checkParts(partsOf(given(), longer, mode), longer, limits);
    }
  });

  test('where it takes a reply apart, nothing at all is refused in plain words', () => {
    for (const { mode } of given().connector.split ? cases() : [])
      expect(refusal(() => partsOf(given(), ' \n ', mode))).toMatchObject({ kind: 'rejected' });
  });

  test('every file leaves once; one too large, or of a kind not taken, is refused by its name', () => {
    const { split } = given().connector;
    for (const { mode, limits } of split ? cases() : []) {
      const file = (more: Partial<FileFacts>): FileFacts => {
        const contentType = limits.fileTypes[0]?.replace('*', 'png') ?? 'image/png';
        return { id: 'f-1', filename: 'a strange lamp', contentType, size: 1000, ...more };
      };
      const sends = (one: FileFacts) => split!({ text: '', files: [one], mode }).flatMap(({ fileIds }) => fileIds);
      const refused = (one: FileFacts) => expect(refusal(() => sends(one)).message).toContain('a strange lamp');
      if (limits.attachments) expect(sends(file({}))).toEqual(['f-1']);
      else refused(file({}));
      if (limits.maxFileBytes !== null) refused(file({ size: limits.maxFileBytes + 1 }));
      if (limits.fileTypes.length) refused(file({ contentType: 'application/x-unheard-of' }));
    }
  });
}

/** What is done beside messages. */
export function describeActions<S extends object>(given: Given<S>): void {
  test('to act twice is to act once', async () => {
    const { connector, access, actions } = given();
    if (!connector.act) return;
    if (!actions) throw new Error('a connector that acts must be given actions');
    for (const action of actions.all) {
      const before = JSON.stringify(actions.shown());
      await connector.act(action, access);
      const after = JSON.stringify(actions.shown());
      expect([action, after === before]).toEqual([action, false]);
      await connector.act(action, access);
      expect([action, JSON.stringify(actions.shown())]).toEqual([action, after]);
    }
  }, 30_000);
}

/** What the reply box offers in each way. Private answers to comments may be narrower than chats. */
function offersOf<S extends object>({
  capabilities,
  publicCapabilities,
}: Connector<S>): { mode: ReplyMode | null; limits: Capabilities }[] {
  return [{ mode: null, limits: capabilities }, ...(publicCapabilities ? [{ mode: 'public' as const, limits: publicCapabilities }] : [])];
}

/** The texts that a reply leaves as, each accepted by `prepare`. */
function partsOf<S extends object>({ connector, access, draft }: ReturnType<Given<S>>, text: string, mode: ReplyMode | null): string[] {
  const parts = connector.split?.({ text, files: [], mode }) ?? [{ text, fileIds: [] }];
  expect(connector.split?.({ text, files: [], mode }) ?? parts).toEqual(parts);
  for (const part of parts) connector.prepare(draft(part.text), access);
  return parts.map((part) => part.text);
}

function checkParts(parts: string[], text: string, { maxLength, lengthUnit }: Capabilities): void {
  const measure = (part: string) => (lengthUnit === 'bytes' ? Buffer.byteLength(part) : part.length);
  expect(parts.filter((part) => measure(part) > maxLength! || part !== part.trim())).toEqual([]);
  expect(parts.join(' ')).toBe(text);
}

function refusal(attempt: () => unknown): ConnectorError {
  try {
    attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectorError);
    return error as ConnectorError;
  }
  throw new Error('nothing was refused');
}
