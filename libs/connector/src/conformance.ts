import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { describeActions, describeParts, describeReplyWindow } from './conformance-answers.js';
import type {
  Action,
  ChannelAccess,
  Connector,
  Draft,
  InboundEvent,
  MessageEvent,
  Outgoing,
  RawEvent,
  WatchContext,
  WebhookSource,
} from './index.js';
import { ConnectorError, inMemory, MalformedPayload } from './connector-error.js';
import { settingsSchema, withoutSecrets, type SettingsSchema } from './settings-schema.js';

/** A connector and the channel settings to run it with. */
interface Wired<S extends object> {
  connector: Connector<S>;
  access: ChannelAccess<S>;
}

/** A connector beside a running platform, real or simulated at the socket. */
export interface Conformance<S extends object> extends Wired<S> {
  /** Payloads as the platform hands them over; each holds at least one message. */
  samples: RawEvent[];
  /** An answer of that text to a customer who can be answered. */
  draft(text: string): Draft;
  /** The texts that customers received so far, as the platform knows it. */
  received(): Promise<string[]> | string[];
  /** The same channel with credentials the platform refuses. */
  wrongCredentials: Wired<S>;
  /** The same channel where no server listens. */
  nobodyListening: Wired<S>;
  /** For a connector that acts: actions that are possible, in this order, and what the platform shows of them. */
  actions?: { all: Action[]; shown(): unknown };
  /** For a webhook: a body as the platform signs it, with its headers in lower case. */
  webhook?: { body: Buffer; headers: Record<string, string> };
  stop(): Promise<void> | void;
}

/** The rules every connector keeps, as jest tests. `start` brings up the other side once, `stop` ends it. */
export function describeConnector<S extends object>(name: string, start: () => Promise<Conformance<S>>): void {
  describe(`${name} keeps the rules of a connector`, () => {
    let given: Conformance<S>;
    beforeAll(async () => (given = await start()), 60_000);
    afterAll(() => given?.stop());
    describeItself(() => given);
    describeParse(() => given);
    describeReplyWindow(() => given);
    describeParts(() => given);
    describeSend(() => given);
    describeActions(() => given);
    describeSource(() => given);
  });
}

/** What parsers leave here nobody takes; the system's own cleaning of temporary files does. */
const spool = mkdtempSync(join(tmpdir(), 'conformance-'));

/** Handed to tests before there is anything, as jest collects them first. */
export type Given<S extends object> = () => Conformance<S>;

function describeItself<S extends object>(given: Given<S>): void {
  test('its type can be stored, its label shown', () => {
    const { type, label, kinds } = given().connector;
    expect(type).toMatch(/^[a-z][a-z0-9-]{1,30}$/);
    expect(label.trim()).not.toBe('');
    expect(kinds.length).toBeGreaterThan(0);
  });

  test('its settings form has a title for every field and shows no secret', () => {
    const { connector, access } = given();
    const schema = settingsSchema(connector.settings);
    const fields = leavesOf(schema);
    expect(fields.filter(([, field]) => !field.title).map(([path]) => path)).toEqual([]);
    expect(fields.filter(([path, field]) => /token|password|secret/i.test(path) && !field.writeOnly).map(([path]) => path)).toEqual([]);
    const shown = JSON.stringify(withoutSecrets(schema, access.settings));
    for (const secret of secretsOf(given())) expect(shown).not.toContain(secret);
  });

  test('good settings pass their own validation and name one account; empty ones do not pass', async () => {
    const { connector, access } = given();
    expect(await validate(plainToInstance(connector.settings, access.settings))).toEqual([]);
    expect(await validate(plainToInstance(connector.settings, {}))).not.toEqual([]);
    const account = connector.account(access);
    expect(account).toEqual(connector.account(access));
    expect(account.externalId).not.toBe('');
  });
}

function describeParse<S extends object>(given: Given<S>): void {
  test('parse gives the same events for the same bytes, and leaves the bytes alone', async () => {
    for (const sample of given().samples) {
      const before = Buffer.from(inMemory(sample.payload));
      const events = await parse(given(), sample);
      expect(await parse(given(), sample)).toEqual(events);
      expect(sample.payload).toEqual(before);
      expect(events.some(({ type }) => type === 'message')).toBe(true);
      events.forEach((event) => checkEvent(given().connector, event));
    }
  });

  test('whatever the bytes, parse gives events or calls them malformed, and soon', async () => {
    for (const payload of given().samples.flatMap(({ payload }) => garbageFrom(inMemory(payload)))) {
      const started = Date.now();
      const events = await parse(given(), { ...given().samples[0]!, payload }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(MalformedPayload);
        return [];
      });
      events.forEach((event) => checkEvent(given().connector, event));
      expect(Date.now() - started).toBeLessThan(3000);
    }
  }, 60_000);
}

function describeSend<S extends object>(given: Given<S>): void {
  test('prepare decides the same twice', () => {
    const { connector, access, draft } = given();
    const prepared = connector.prepare(draft('Once and for all'), access);
    expect(connector.prepare(draft('Once and for all'), access)).toEqual(prepared);
    expect(prepared.ownKeys.every((key) => key !== '')).toBe(true);
  });

  test('a reply is committed once before anything leaves, reaches the customer once, and is found again', async () => {
    const { connector, access, received } = given();
    const seenAtCommit: number[] = [];
    const before = (await received()).length;
    const since = momentsAgo();
    const outgoing = outgoingOf(given(), 'Delivered exactly once', async () => void seenAtCommit.push((await received()).length));
    const sent = await connector.send(outgoing, access);
    await eventually(async () => expect((await received()).length).toBeGreaterThan(before));
    await pause(300);
    expect((await received()).slice(before)).toEqual([expect.stringContaining('Delivered exactly once')]);
    expect(seenAtCommit).toEqual([before]);
    expect(sent.externalId).toBe(outgoing.externalId ?? sent.externalId);
    await connector.afterSend?.(outgoing, access);
    expect(await connector.find(outgoing, access, since)).toEqual({ state: 'sent', externalId: sent.externalId });
  }, 30_000);

  test('a reply that could not be committed is not sent, and not found', async () => {
    const { connector, access, received } = given();
    const before = (await received()).length;
    const outgoing = outgoingOf(given(), 'Never to be seen', () => Promise.reject(new Error('the database is gone')));
    await expect(connector.send(outgoing, access)).rejects.toThrow('the database is gone');
    await pause(300);
    expect((await received()).length).toBe(before);
    expect((await connector.find(outgoing, access, momentsAgo())).state).not.toBe('sent');
  }, 30_000);

  test('wrong credentials ask for a reconnection, and no secret is quoted', async () => {
    const { connector, access } = given().wrongCredentials;
    await refuses({ ...given(), connector, access }, { kind: 'auth', outcome: 'not-sent' });
  }, 30_000);

  test('where nobody listens nothing was sent, and trying again may help', async () => {
    const { connector, access } = given().nobodyListening;
    await refuses({ ...given(), connector, access }, { kind: 'unavailable', outcome: 'not-sent' });
  }, 60_000);
}

function describeSource<S extends object>(given: Given<S>): void {
  test('its webhook believes only what the platform signed; its watch ends when told to and says why it cannot begin', async () => {
    const { source } = given().connector;
    if (source.kind === 'webhook') return checkWebhook(source, given());
    await expect(source.watch(watchContext(given().wrongCredentials.access))).rejects.toMatchObject({ kind: 'auth' });
    await expect(source.watch(watchContext(given().nobodyListening.access))).rejects.toMatchObject({ kind: 'unavailable' });
    await checkAbort(source.watch, given().access);
  }, 60_000);
}

function checkWebhook<S extends object>(source: WebhookSource, { webhook, samples }: Conformance<S>): void {
  if (!webhook) throw new Error('a webhook connector must be given a signed body');
  const { body, headers } = webhook;
  const changed = Buffer.from(body);
  changed[body.length >> 1]! ^= 1;
  expect(source.verify(body, headers)).toBe(true);
  expect(source.verify(changed, headers)).toBe(false);
  expect(source.verify(body.subarray(0, -1), headers)).toBe(false);
  expect(source.verify(body, {})).toBe(false);
  expect(source.maxBytes).toBeGreaterThan(body.length);
  const at = new Date();
  const parts = source.split(body, at);
  expect(source.split(body, at)).toEqual(parts);
  expect(parts.every(({ account, event }) => typeof account === 'string' && event.key !== '')).toBe(true);
  for (const payload of garbageFrom(inMemory(samples[0]!.payload)))
    expect(outcomeOf(() => source.split(payload, at))).not.toBe('another error');
  expect(source.handshake({})).toBeNull();
}

/** Resolving is how a watch ends; it has to notice within seconds, in the middle of whatever it does. */
async function checkAbort<S extends object>(watch: (context: WatchContext<S>) => Promise<void>, access: ChannelAccess<S>): Promise<void> {
  const stop = new AbortController();
  let ended = false;
  let reached = false;
  const context = { ...watchContext(access, stop.signal), healthy: () => void (reached = true) };
  const watching = watch(context).then(() => (ended = true));
  await eventually(() => expect(reached).toBe(true));
  stop.abort();
  await eventually(() => expect(ended).toBe(true), 5000);
  await watching;
}

const watchContext = <S extends object>(channel: ChannelAccess<S>, signal = new AbortController().signal): WatchContext<S> => ({
  channel,
  cursor: null,
  signal,
  spool,
  store: () => Promise.resolve(),
  healthy: () => undefined,
});

async function refuses<S extends object>(given: Conformance<S>, expected: object): Promise<void> {
  const { connector, access, received } = given;
  const before = (await received()).length;
  const error: unknown = await connector.send(outgoingOf(given, 'Refused'), access).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ConnectorError);
  expect(error).toMatchObject(expected);
  const checks = await connector.check(connector.account(access), access.settings);
  expect(checks.some(({ ok }) => !ok)).toBe(true);
  for (const secret of secretsOf(given)) expect(JSON.stringify([String(error), checks])).not.toContain(secret);
  expect((await received()).length).toBe(before);
}

function outgoingOf<S extends object>(
  { connector, access, draft }: Conformance<S>,
  text: string,
  committing = () => Promise.resolve(),
): Outgoing {
  const { deliveryId, html } = draft(text);
  const { externalId, envelope } = connector.prepare(draft(text), access);
  const { mode: windowMode } = connector.replyWindow(
    { kind: connector.kinds[0]!, lastInboundAt: new Date(), lastActionAt: new Date(), comment: null },
    new Date(),
  );
  return { deliveryId, externalId, text, html, envelope, attachments: [], windowMode, committing };
}

// An async function, so that a synchronous throw of parse becomes a rejection as well.
const parse = async <S extends object>({ connector, access }: Conformance<S>, event: RawEvent): Promise<InboundEvent[]> =>
  connector.parse(event, access, spool);

function checkEvent<S extends object>({ kinds }: Connector<S>, event: InboundEvent): void {
  if (event.type === 'ignored') return expect(event.reason).toMatch(/\w/);
  if (event.type === 'receipt') return expect(typeof event.of === 'string' ? event.of : event.of.threadKey).toMatch(/\w/);
  if (event.type === 'change') return expect(`${event.of} ${event.key}`).toMatch(/\S \S/);
  if (event.type === 'control') return expect(event.threadKey).toMatch(/\w/);
  if (event.type === 'post') return expect(event.post.id).toMatch(/\w/);
  const { externalId, customer, ownKeys, threadKeys, sentAt, kind } = event satisfies MessageEvent;
  const ids = [externalId, customer.scope, customer.id, ...ownKeys, ...threadKeys.flatMap(({ rule, key }) => [rule, key])];
  expect(ids.filter((id) => typeof id !== 'string' || id === '')).toEqual([]);
  expect(ownKeys.length).toBeGreaterThan(0);
  expect(kinds).toContain(kind);
  expect(Number.isNaN(sentAt.getTime())).toBe(false);
}

/** Nothing, noise, towers of brackets, and the sample cut short or with single bytes changed. */
function garbageFrom(sample: Buffer): Buffer[] {
  const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i * 17 + (i >> 3)) & 255));
  const towers = ['[', '{"a":', '<div>', '('].map((unit) => Buffer.from(unit.repeat(50_000)));
  const cuts = [0.1, 0.3, 0.5, 0.7, 0.9, 0.99].map((share) => sample.subarray(0, Math.floor(sample.length * share)));
  const flips = Array.from({ length: 20 }, (_, i) => {
    const changed = Buffer.from(sample);
    changed[Math.floor((sample.length * i) / 20)] = (i * 97) & 255;
    return changed;
  });
  return [Buffer.alloc(0), Buffer.alloc(100), Buffer.from('null'), noise, ...towers, ...cuts, ...flips];
}

function outcomeOf(run: () => unknown): string {
  try {
    run();
    return 'understood';
  } catch (error) {
    return error instanceof MalformedPayload ? 'malformed' : 'another error';
  }
}

function leavesOf({ properties = {} }: SettingsSchema, path = ''): [string, SettingsSchema][] {
  return Object.entries(properties).flatMap(([name, field]): [string, SettingsSchema][] =>
    field.properties ? leavesOf(field, `${path}${name}.`) : [[`${path}${name}`, field]],
  );
}

function secretsOf<S extends object>({ connector, access }: Wired<S>): string[] {
  const secrets = leavesOf(settingsSchema(connector.settings)).filter(([, { writeOnly }]) => writeOnly);
  const values = secrets.map(([path]) =>
    path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], access.settings),
  );
  return values.filter((value): value is string => typeof value === 'string' && value !== '');
}

async function eventually(check: () => Promise<void> | void, withinMs = 10_000): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(50);
    }
  }
}

// A connector may give a send some seconds to settle before it looks; these texts were never sent before.
const momentsAgo = () => new Date(Date.now() - 5000);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
