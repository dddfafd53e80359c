import type { Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { mail, Outside } from './outside.js';

let outside: Outside;
let house: House;
let channels: { email: string; facebook: string; instagram: string };

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  channels = await outside.connect(house.api);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await outside?.stop();
});

/** What an admin does on the dashboard of the queues. */
async function hold(what: 'pause' | 'resume'): Promise<void> {
  const { key } = (await house.api.post<{ key: string }>('/api-keys', { name: 'dashboard' })).body;
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${house.url}/admin/queues/api/queues/inbound/${what}`, { method: 'PUT', headers })).status).toBe(200);
}

/** The value of one sample; undefined when it is not told. */
async function value(sample: string): Promise<number | undefined> {
  const text = await (await fetch(`${house.url}/metrics`)).text();
  const line = text.split('\n').find((line) => line.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length));
}

test('what is out of reach is told by name, and all is well when nothing is', async () => {
  await eventually(async () => expect(await value('tributary_processes{role="all"}')).toBe(1));
  for (const dependency of ['database', 'queue', 'disk']) expect(await value(`tributary_up{dependency="${dependency}"}`)).toBe(1);
  expect(await value('tributary_process_info{role="all"}')).toBe(1);
  expect(await value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  expect(await value('tributary_disk_free_bytes')).toBeGreaterThan(0);
});

test('each channel shows its health, and what came in counts', async () => {
  const { facebook } = channels;
  const before = (await value('tributary_inbound_events_total{connector="facebook",outcome="processed"}')) ?? 0;
  outside.meta.customerWrites(outside.page, outside.meta.customer('Ada'), 'Do you ship?');
  await eventually(async () =>
    expect(await value('tributary_inbound_events_total{connector="facebook",outcome="processed"}')).toBeGreaterThan(before),
  );
  expect(await value(`tributary_channel_health{channel="${facebook}",type="facebook",state="ok"}`)).toBe(1);
  expect(await value(`tributary_channel_health{channel="${facebook}",type="facebook",state="down"}`)).toBe(0);
  expect(await value(`tributary_channel_sending_held{channel="${facebook}",type="facebook"}`)).toBe(0);
  expect(await value(`tributary_channel_last_event_age_seconds{channel="${facebook}",type="facebook"}`)).toBeLessThan(30);
  expect(await value('tributary_channels{type="facebook",state="ok"}')).toBe(1);
});

test('a reply that is refused shows as one in trouble, by what is in the way, and each attempt counts', async () => {
  const customer = `ada.${Math.random()}@customer.example`;
  await outside.deliver(mail({ from: customer, subject: 'Refused' }));
  const conversation = await eventually(async () => {
    const found = (await house.api.all<{ id: string; subject: string }>('/conversations')).find(({ subject }) => subject === 'Refused');
    expect(found).toBeDefined();
    return found!;
  });
  expect(await value('tributary_replies_in_trouble')).toBe(0);
  outside.smtp.behave({ refuse: [customer] });
  await house.api.post<Message>(`/conversations/${conversation.id}/replies`, { text: 'Sorry!' });
  await eventually(async () => expect(await value('tributary_deliveries{state="failed",kind="refused"}')).toBe(1));
  expect(await value('tributary_replies_in_trouble')).toBe(1);
  expect(await value('tributary_send_attempts_total{type="email",outcome="failed",kind="refused"}')).toBe(1);
});

test('a queue that an admin holds shows, and so does how long what came in waits', async () => {
  const { facebook } = channels;
  const ledgerLag = `tributary_inbound_oldest_event_age_seconds{connector="facebook",channel="${facebook}"}`;
  const oldestJob = 'tributary_queue_oldest_job_age_seconds{queue="inbound",state="waiting"}';
  expect([await value(ledgerLag), await value(oldestJob)]).toEqual([undefined, 0]);
  await hold('pause');
  outside.meta.customerWrites(outside.page, outside.meta.customer('Bob'), 'Hello?');
  await eventually(async () => expect(await value(ledgerLag)).toBeGreaterThan(1));
  expect(await value('tributary_inbound_events{state="received"}')).toBe(1);
  expect(await value('tributary_queue_paused{queue="inbound"}')).toBe(1);
  expect(await value(oldestJob)).toBeGreaterThan(1);
  await hold('resume');
  await eventually(async () =>
    expect([await value(ledgerLag), await value('tributary_inbound_events{state="received"}')]).toEqual([undefined, 0]),
  );
});

test('requests are timed by route and status, and browsers that listen are counted', async () => {
  await house.api.get('/channels');
  expect(await value('tributary_http_request_duration_seconds_count{method="GET",route="/api/v1/channels",status="200"}')).toBeGreaterThan(
    0,
  );
  const abort = new AbortController();
  const listening = (async () => {
    for await (const event of house.api.events(abort.signal)) expect(event).toBeDefined();
  })();
  await eventually(async () => expect(await value('tributary_event_streams')).toBe(1));
  abort.abort();
  await expect(listening).rejects.toThrow(/abort/);
  await eventually(async () => expect(await value('tributary_event_streams')).toBe(0));
});
