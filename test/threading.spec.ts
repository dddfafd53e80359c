import type { Conversation, Message, User } from './api.js';
import { eventually, spawnApp, freePort } from './house.js';
import { MailHouse } from './mail-house.js';
import { orders } from './orders.js';
import { imapPassword, mail, salesAddress, supportAddress, type TestMail } from './outside.js';

let inbox: MailHouse;
beforeAll(async () => {
  inbox = await MailHouse.open({ subjectDays: 3 });
}, 60_000);
afterAll(() => inbox?.close(), 30_000);

const ada = 'Ada Moss <ada@customer.example>';
const bo = 'Bo Lind <bo@customer.example>';
const patch = (conversation: { id: string }, change: object) => inbox.api.patch<Conversation>(`/conversations/${conversation.id}`, change);
const move = (messageId: string, conversationId: string | null, more: object = {}) =>
  inbox.api.post<Message & { detail: string }>(`/messages/${messageId}/move`, { conversationId, ...more });
const placedBy = async (conversation: { id: string }, text: string) =>
  (await inbox.messages(conversation)).find((message) => message.text === text)?.placedBy;
const messageOf = async (conversation: { id: string }, text: string) =>
  (await inbox.messages(conversation)).find((message) => message.text === text)!;

describe('the order of arrival makes no difference', () => {
  interface Line extends TestMail {
    name: string;
    headers?: Record<string, string>;
  }
  /** Delivers the thread once for each order, one line of each at a time, and resolves with what became of each. */
  const inAllOrders = async (threads: Array<{ tag: string; lines: Line[] }>) => {
    for (let at = 0; at < threads[0]!.lines.length; at++) {
      for (const { tag, lines } of threads)
        await inbox.deliver(mail({ ...lines[at]!, text: `${lines[at]!.name} of ${tag}` }), lines[at]!.headers ?? {});
      await eventually(async () => {
        for (const { tag } of threads) expect(await counted(tag)).toBe(at + 1);
      }, 30_000);
    }
    return Promise.all(
      threads.map(async ({ tag }) => {
        const found = (await inbox.conversations()).filter(({ subject }) => subject?.includes(tag));
        return { tag, found, texts: (await Promise.all(found.map((one) => inbox.texts(one)))).flat().map((text) => text.split(' of ')[0]) };
      }),
    );
  };
  const counted = async (tag: string) =>
    (await inbox.conversations()).filter(({ subject }) => subject?.includes(tag)).reduce((sum, { messageCount }) => sum + messageCount, 0);

  test('four mails with their whole thread named, in all 24 orders, end as one conversation of the first sender, in order', async () => {
    const threadOf = (tag: string): Line[] => {
      const id = (name: string) => `<${name}.${tag}@customer.example>`;
      const subject = `Re: Whole thread ${tag}`;
      return [
        { name: 'question', from: ada, subject: `Whole thread ${tag}`, messageId: id('1'), headers: { Cc: bo } },
        { name: 'remark', from: bo, subject, messageId: id('2'), inReplyTo: id('1'), references: [id('1')], headers: { Cc: ada } },
        {
          name: 'addition',
          from: ada,
          subject,
          messageId: id('3'),
          inReplyTo: id('2'),
          references: [id('1'), id('2')],
          headers: { Cc: bo },
        },
        {
          name: 'end',
          from: bo,
          subject,
          messageId: id('4'),
          inReplyTo: id('3'),
          references: [id('1'), id('2'), id('3')],
          headers: { Cc: ada },
        },
      ];
    };
    const threads = orders([0, 1, 2, 3]).map((order, at) => ({ tag: `w${at}w`, lines: order.map((line) => threadOf(`w${at}w`)[line]!) }));
    for (const { tag, found, texts } of await inAllOrders(threads)) {
      expect([tag, found.length, found[0]?.contact.name, found[0]?.subject]).toEqual([tag, 1, 'Ada Moss', `Whole thread ${tag}`]);
      expect([tag, texts]).toEqual([tag, ['question', 'remark', 'addition', 'end']]);
      expect(found[0]).toMatchObject({ messageCount: 4, review: null, links: [], status: 'open', preview: `end of ${tag}` });
    }
  }, 120_000);

  test('three mails that name only the one before, in all orders, end as one conversation of the first sender', async () => {
    const threadOf = (tag: string): Line[] => {
      const id = (name: string) => `<${name}.${tag}@customer.example>`;
      return [
        { name: 'question', from: ada, subject: `Thin thread ${tag}`, messageId: id('1'), headers: { Cc: bo } },
        { name: 'remark', from: bo, subject: `Re: Thin thread ${tag}`, messageId: id('2'), inReplyTo: id('1'), headers: { Cc: ada } },
        { name: 'end', from: ada, subject: `Re: Thin thread ${tag}`, messageId: id('3'), inReplyTo: id('2'), headers: { Cc: bo } },
      ];
    };
    const threads = orders([0, 1, 2]).map((order, at) => ({ tag: `t${at}t`, lines: order.map((line) => threadOf(`t${at}t`)[line]!) }));
    for (const { tag, found, texts } of await inAllOrders(threads)) {
      expect([tag, found.length, found[0]?.contact.name, found[0]?.subject]).toEqual([tag, 1, 'Ada Moss', `Thin thread ${tag}`]);
      expect([tag, texts.toSorted()]).toEqual([tag, ['end', 'question', 'remark']]);
      expect(found[0]).toMatchObject({ messageCount: 3, links: [] });
    }
  }, 60_000);

  test('answers from another mail program that come in last, and newest first, bring a scattered thread together', async () => {
    const id = (name: string) => `<${name}.scattered@customer.example>`;
    // Too short to be joined by subject.
    const subject = 'Re: Scatter';
    await inbox.deliver(mail({ from: ada, subject: 'Scatter', text: 'scattered 1', messageId: id('1') }));
    for (const n of [3, 5])
      await inbox.deliver(mail({ from: ada, subject, text: `scattered ${n}`, messageId: id(`${n}`), inReplyTo: id(`${n - 1}`) }));
    const scattered = async () => (await inbox.conversations()).filter((conversation) => conversation.subject?.includes('Scatter'));
    await eventually(async () => expect(await scattered()).toHaveLength(3));
    for (const n of [4, 2]) {
      const answer = mail({
        from: `Support <${supportAddress}>`,
        subject,
        text: `scattered ${n}`,
        messageId: id(`${n}`),
        inReplyTo: id(`${n - 1}`),
      });
      await inbox.outside.dovecot.deliver(supportAddress, answer.replace(`To: ${supportAddress}`, 'To: ada@customer.example'), 'Sent');
      await inbox.with(`scattered ${n}`);
    }
    const [whole, ...others] = await scattered();
    expect([whole?.messageCount, whole?.subject, others]).toEqual([5, 'Scatter', []]);
  });

  test('a stranger’s answer stays apart, whether it or the mail it answers comes first', async () => {
    const threadOf = (tag: string): Line[] => [
      { name: 'question', from: ada, subject: `Secret ${tag}`, messageId: `<1.${tag}@customer.example>` },
      { name: 'intrusion', from: 'Eve <eve@elsewhere.example>', subject: `Re: Secret ${tag}`, inReplyTo: `<1.${tag}@customer.example>` },
    ];
    const threads = orders([0, 1]).map((order, at) => ({ tag: `s${at}s`, lines: order.map((line) => threadOf(`s${at}s`)[line]!) }));
    for (const { found } of await inAllOrders(threads)) {
      const [eve, owner] = [found.find(({ contact }) => contact.name === 'Eve'), found.find(({ contact }) => contact.name === 'Ada Moss')];
      expect(found).toHaveLength(2);
      expect([eve?.review, owner?.review]).toEqual([expect.stringContaining(`conversation ${owner?.number}`), null]);
      expect([eve?.links, owner?.links]).toMatchObject([
        [{ conversationId: owner?.id, reason: 'stranger' }],
        [{ conversationId: eve?.id, reason: 'stranger' }],
      ]);
    }
  }, 60_000);

  test('a thread that comes in all at once, with two workers at it, is one conversation with every mail once', async () => {
    const { env } = inbox.house.ground;
    const second = env.REDIS_URL ? spawnApp({ ...env, ROLE: 'worker', PORT: String(await freePort()) }) : null;
    const ids = Array.from({ length: 12 }, (_, at) => `<burst${at}@customer.example>`);
    await Promise.all(
      ids.map((messageId, at) =>
        inbox.deliver(
          mail({
            subject: at ? 'Re: Burst' : 'Burst',
            text: `burst ${at}`,
            messageId,
            ...(at && { inReplyTo: ids[at - 1], references: ids.slice(0, at) }),
          }),
        ),
      ),
    );
    await eventually(async () => {
      const found = (await inbox.conversations()).filter(({ subject }) => subject?.includes('Burst'));
      expect(found.map(({ messageCount }) => messageCount)).toEqual([12]);
      expect((await inbox.texts(found[0]!)).sort()).toEqual(ids.map((_, at) => `burst ${at}`).sort());
    }, 30_000);
    second?.child.kill('SIGTERM');
    await second?.ended;
  }, 60_000);
});

describe('where a mail belongs', () => {
  test('whoever is in copy may go on, and the customer stays who asked', async () => {
    const conversation = await inbox.arrives(
      { from: ada, subject: 'Six lamps', text: 'Bo decides.', messageId: '<six@customer.example>' },
      { Cc: bo },
    );
    const joined = await inbox.arrives({ from: bo, subject: 'Re: Six lamps', text: 'We take them.', inReplyTo: '<six@customer.example>' });
    expect([joined.id, joined.contact.name, joined.review]).toEqual([conversation.id, 'Ada Moss', null]);
    expect(await placedBy(joined, 'We take them.')).toEqual({
      rule: 'in-reply-to',
      evidence: 'It answers a mail of this conversation (mid:six@customer.example)',
    });
    expect(await messageOf(joined, 'Bo decides.')).toMatchObject({ to: [supportAddress], cc: [bo] });
  });

  test('whom we write to may answer', async () => {
    const conversation = await inbox.arrives({ from: ada, subject: 'Ask my electrician', text: 'He knows the voltage.' });
    const { messageId } = await inbox.answers(conversation, 'Which voltage?', { cc: ['volt@elsewhere.example'] });
    const joined = await inbox.arrives({
      from: 'volt@elsewhere.example',
      subject: 'Re: Ask my electrician',
      text: '230.',
      inReplyTo: messageId,
    });
    expect([joined.id, joined.review]).toEqual([conversation.id, null]);
  });

  test('what was odd is noted as looked at, by whom', async () => {
    await inbox.arrives({ from: ada, subject: 'Our own', text: 'Private.', messageId: '<own@customer.example>' });
    const odd = await inbox.arrives({
      from: 'eve@elsewhere.example',
      subject: 'Re: Our own',
      text: 'Me too.',
      inReplyTo: '<own@customer.example>',
    });
    expect(await placedBy(odd, 'Me too.')).toMatchObject({ rule: 'stranger' });
    expect(odd.review).not.toBeNull();
    expect((await patch(odd, { review: null })).body.review).toBeNull();
    expect((await inbox.messages(odd)).at(-1)).toMatchObject({ kind: 'event', text: expect.stringContaining('looked at what was odd') });
  });

  test('an old mail answered about something entirely new opens a conversation that knows where it came from', async () => {
    const first = await inbox.arrives({ from: ada, subject: 'Brass lamp', text: 'Is it back?', messageId: '<brass@customer.example>' });
    const second = await inbox.arrives({
      from: ada,
      subject: 'Invoice for April',
      text: 'Where is it?',
      inReplyTo: '<brass@customer.example>',
    });
    expect(second.id).not.toBe(first.id);
    expect(second.links).toMatchObject([{ conversationId: first.id, number: first.number, reason: 'split' }]);
    const third = await inbox.arrives({
      from: ada,
      subject: 'Re: brass lamp, once more',
      text: 'And the lamp?',
      inReplyTo: '<brass@customer.example>',
    });
    expect(third.id).toBe(first.id);
  });

  test('an answer to what was closed long ago opens a new conversation linked to the old; to what was closed lately it reopens that', async () => {
    const old = await inbox.arrives({ from: ada, subject: 'Wicks', text: 'Which size?', messageId: '<wicks@customer.example>' });
    await patch(old, { status: 'closed' });
    const lately = await inbox.arrives({ from: ada, subject: 'Re: Wicks', text: 'Thank you.', inReplyTo: '<wicks@customer.example>' });
    expect([lately.id, lately.status]).toEqual([old.id, 'open']);
    await patch(old, { status: 'closed' });
    await inbox.sql(`UPDATE conversation SET closed_at = '2020-01-01 00:00:00.000' WHERE id = '${old.id}'`);
    const late = await inbox.arrives({ from: ada, subject: 'Re: Wicks', text: 'One more thing.', inReplyTo: '<wicks@customer.example>' });
    expect(late.links).toMatchObject([{ conversationId: old.id, reason: 'continues' }]);
    expect((await inbox.get(old)).status).toBe('closed');
  });

  test('where a mail program loses the thread, sender and subject join it within the days', async () => {
    const first = await inbox.arrives({ from: ada, subject: 'Lamp number seventeen', text: 'It flickers.' });
    const lost = await inbox.arrives({ from: ada, subject: 'AW: Lamp number seventeen', text: 'It still flickers.' });
    expect([lost.id, (await placedBy(lost, 'It still flickers.'))?.rule]).toEqual([first.id, 'subject']);
    const other = await inbox.arrives({ from: bo, subject: 'AW: Lamp number seventeen', text: 'Mine, too.' });
    expect(other.id).not.toBe(first.id);
    const again = await inbox.arrives({ from: ada, subject: 'Lamp number seventeen', text: 'No answer, a new mail.' });
    expect(again.id).not.toBe(first.id);
  });

  test('a mail that says "away" joins without waking a closed conversation', async () => {
    const conversation = await inbox.arrives({ from: ada, subject: 'Holidays', text: 'Open at Easter?' });
    const { messageId } = await inbox.answers(conversation, 'Yes.', { then: 'close' });
    await inbox.arrives(
      { from: ada, subject: 'Automatic reply: Holidays', text: 'I am away.', inReplyTo: messageId },
      { 'Auto-Submitted': 'auto-replied' },
    );
    expect(await inbox.get(conversation)).toMatchObject({ status: 'closed', waitingSince: null, messageCount: 3 });
  });
});

describe('a machine’s mail within a thread', () => {
  test('of somebody who has no part in it is flagged, and the customer’s own is not', async () => {
    const conversation = await inbox.arrives({ from: ada, subject: 'Away', text: 'Open at Whitsun?' });
    const { messageId: inReplyTo } = await inbox.answers(conversation, 'Yes, we are.', { then: 'close' });
    const away = { subject: 'Automatic reply: Away', inReplyTo };
    await inbox.arrives({ ...away, from: ada, text: 'I am away.' }, { 'Auto-Submitted': 'auto-replied' });
    expect((await inbox.get(conversation)).review).toBeNull();
    const joined = await inbox.arrives(
      { ...away, from: 'Eve <eve@elsewhere.example>', text: 'Write to me from now on.' },
      { 'Auto-Submitted': 'auto-replied' },
    );
    expect(joined).toMatchObject({ id: conversation.id, status: 'closed', review: expect.stringContaining('no part') });
    const { body } = await inbox.api.get<{ to: string[]; subject: string }>(`/conversations/${conversation.id}/reply-preview`);
    expect([body.to, body.subject]).toEqual([[ada], 'Re: Away']);
  });
});

describe('a mail that a colleague passes on', () => {
  const forward = (text: string, author: string) =>
    `${text}\r\n\r\n---------- Forwarded message ---------\r\nFrom: ${author}\r\nDate: Mon, Mar 2, 2026 at 9:00 AM\r\nSubject: Wholesale\r\nTo: <cleo@harbour-lamps.example>\r\n\r\nA hundred lamps, please.`;
  beforeAll(async () => {
    const user = { name: 'Cleo', email: 'cleo@harbour-lamps.example', password: 'another long password', role: 'agent' };
    expect((await inbox.api.post<User>('/users', user)).status).toBe(201);
  });

  test('is its author’s, with what the colleague wrote as a note, and is answered to the author', async () => {
    const from = 'Cleo <cleo@harbour-lamps.example>';
    const verdict = { 'Authentication-Results': 'mx.harbour-lamps.example; dmarc=pass header.from=harbour-lamps.example' };
    await inbox.deliver(
      mail({ from, subject: 'Fwd: Wholesale', text: forward('Can you take this?', 'Dora <dora@trade.example>') }),
      verdict,
    );
    const conversation = await inbox.with('A hundred lamps, please.');
    expect(conversation).toMatchObject({ subject: 'Wholesale', review: null, contact: { name: 'Dora' } });
    const [message, note] = await inbox.messages(conversation);
    expect([message?.author.name, note?.kind, note?.author.name, note?.text]).toEqual(['Dora', 'note', 'Cleo', 'Can you take this?']);
    await inbox.answers(conversation, 'With pleasure.');
    expect(inbox.outside.smtp.messages.at(-1)?.envelope.to).toEqual(['dora@trade.example']);
  });

  test('is the colleague’s own, and flagged, when nobody confirms that the colleague sent it', async () => {
    await inbox.deliver(
      mail({ from: 'Cleo <cleo@harbour-lamps.example>', subject: 'Fwd: Refund', text: forward('Refund her', 'victim@trade.example') }),
    );
    const conversation = await eventually(async () => {
      const found = (await inbox.conversations()).find(({ subject }) => subject === 'Fwd: Refund');
      expect(found).toBeDefined();
      return found!;
    });
    expect(conversation).toMatchObject({ contact: { name: 'Cleo' }, review: expect.stringContaining('could not confirm') });
  });
});

describe('the wrong conversation', () => {
  test('a message is moved into one of its own; answers to it follow, guesses do not bring its sender back, and moving back undoes it', async () => {
    const from = 'Finn <finn@customer.example>';
    const first = await inbox.arrives({ from, subject: 'The harbour light', text: 'Does it turn?', messageId: '<turn@customer.example>' });
    await inbox.arrives({
      from,
      subject: 'Re: The harbour light',
      text: 'Wrong thread.',
      messageId: '<wrong@customer.example>',
      inReplyTo: '<turn@customer.example>',
    });
    const wrong = await messageOf(first, 'Wrong thread.');
    const moved = await move(wrong.id, null);
    expect([moved.status, moved.body.placedBy]).toEqual([200, { rule: 'moved-by-agent', evidence: inbox.api.me.name }]);
    const second = await inbox.get({ id: moved.body.conversationId });
    expect(second).toMatchObject({
      messageCount: 1,
      preview: 'Wrong thread.',
      contact: { name: 'Finn' },
      links: [{ conversationId: first.id, reason: 'moved' }],
    });
    expect(second.waitingSince).toBe(wrong.sentAt);
    expect(await inbox.get(first)).toMatchObject({ messageCount: 1, preview: 'Does it turn?', links: [{ conversationId: second.id }] });

    const follows = await inbox.arrives({
      from,
      subject: 'Re: The harbour light',
      text: 'Following.',
      inReplyTo: '<wrong@customer.example>',
    });
    expect(follows.id).toBe(second.id);
    const guessed = await inbox.arrives({ from, subject: 'Re: The harbour light', text: 'Without a thread.' });
    expect(guessed.id).not.toBe(first.id);
    const named = await inbox.arrives({ from, subject: 'Re: The harbour light', text: 'By name.', inReplyTo: '<turn@customer.example>' });
    expect(named.id).toBe(first.id);

    expect((await move(wrong.id, first.id)).status).toBe(200);
    expect((await inbox.texts(first)).sort()).toEqual(['By name.', 'Does it turn?', 'Wrong thread.']);
    const back = await inbox.arrives({
      from,
      subject: 'Re: The harbour light',
      text: 'Back again.',
      inReplyTo: '<wrong@customer.example>',
    });
    expect(back.id).toBe(first.id);
  });

  test('with those after it, into another conversation', async () => {
    const [one, other] = [
      await inbox.arrives({ from: ada, subject: 'Stay', text: 'stays', messageId: '<stay@customer.example>' }),
      await inbox.arrives({ from: bo, subject: 'Goal', text: 'goal' }),
    ];
    for (const text of ['goes', 'goes too'])
      await inbox.arrives({ from: ada, subject: 'Re: Stay', text, inReplyTo: '<stay@customer.example>' });
    expect((await move((await messageOf(one, 'goes')).id, other.id, { andLater: true })).status).toBe(200);
    expect([await inbox.texts(one), await inbox.texts(other)]).toEqual([['stays'], ['goal', 'goes', 'goes too']]);
    expect(await inbox.get(one)).toMatchObject({ messageCount: 1, preview: 'stays' });
    expect(await inbox.get(other)).toMatchObject({ messageCount: 3, preview: 'goes too' });
  });

  test('leaves an empty conversation out of every list until it is moved back', async () => {
    const [one, other] = [
      await inbox.arrives({ from: ada, subject: 'Alone', text: 'alone' }),
      await inbox.arrives({ from: bo, subject: 'Company', text: 'company' }),
    ];
    const { id } = await messageOf(one, 'alone');
    const listed = async () => (await inbox.conversations()).some((conversation) => conversation.id === one.id);
    await move(id, other.id);
    expect([await listed(), (await inbox.get(one)).status]).toEqual([false, 'closed']);
    await move(id, one.id);
    expect([await listed(), (await inbox.get(one)).status]).toEqual([true, 'open']);
  });

  test('is refused with a reason where it cannot be', async () => {
    const conversation = await inbox.arrives({ from: ada, subject: 'Immovable', text: 'Here.' });
    const { id } = await messageOf(conversation, 'Here.');
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect((await move(id, conversation.id)).status).toBe(409);
    expect(await move(id, nowhere)).toMatchObject({ status: 422, body: { detail: expect.stringContaining('no such conversation') } });
    expect((await move(nowhere, null)).status).toBe(404);
    const { status } = await inbox.api.post('/channels', inbox.outside.emailChannel(imapPassword, { address: salesAddress }));
    expect(status).toBe(201);
    await inbox.outside.dovecot.deliver(salesAddress, mail({ subject: 'Elsewhere', text: 'In the other mailbox.' }));
    const elsewhere = await inbox.with('In the other mailbox.');
    expect(await move(id, elsewhere.id)).toMatchObject({ status: 422, body: { detail: expect.stringContaining('another channel') } });
  });
});
