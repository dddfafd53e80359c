import type { Attachment, Conversation, List, Message } from './api.js';
import { eventually, type House, openHouse } from './house.js';
import { Outside, supportAddress } from './outside.js';

let outside: Outside;
let house: House;

beforeAll(async () => {
  outside = await Outside.start();
  house = await openHouse(outside.env);
  expect((await house.api.post('/channels', outside.emailChannel())).status).toBe(201);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  await outside?.stop();
}, 30_000);

const download = (id: string) => house.api.raw(`/attachments/${id}`);

test('files come in with a mail, are downloaded as they are, and run nowhere', async () => {
  const script = '<script>alert(1)</script>';
  await outside.deliver(
    [
      'From: Ada <ada@customer.example>',
      `To: ${supportAddress}`,
      'Subject: Two files',
      'Message-ID: <files@customer.example>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b\r\nContent-Type: text/plain\r\n\r\nSee the files.',
      `--b\r\nContent-Type: text/html; name="../../evil.html"\r\nContent-Disposition: attachment; filename="../../evil.html"\r\n\r\n${script}`,
      '--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename="grüße.txt"\r\nContent-Transfer-Encoding: 8bit\r\n\r\nhello',
      '--b--',
      '',
    ].join('\r\n'),
  );
  const conversation = await eventually(async () => {
    const { body } = await house.api.get<List<Conversation>>('/conversations');
    expect(body.items).toHaveLength(1);
    return body.items[0]!;
  });
  const [message] = await house.api.all<Message>(`/conversations/${conversation.id}/messages`);
  expect(message!.text).toBe('See the files.');
  expect(message!.attachments.map(({ filename }) => filename)).toEqual(['evil.html', 'grüße.txt']);

  const evil = await download(message!.attachments[0]!.id);
  expect(evil.headers.get('content-type')).toBe('application/octet-stream');
  expect(evil.headers.get('content-disposition')).toMatch(/^attachment/);
  expect(evil.headers.get('x-content-type-options')).toBe('nosniff');
  expect(evil.headers.get('content-security-policy')).toContain('sandbox');
  expect((await evil.text()).trim()).toBe(script);
  const text = await download(message!.attachments[1]!.id);
  expect(text.headers.get('content-disposition')).toContain("filename*=UTF-8''gr%C3%BC%C3%9Fe.txt");
  expect((await text.text()).trim()).toBe('hello');
});

test('an uploaded file leaves with the reply, once, and belongs to whoever uploaded it', async () => {
  const upload = async () => {
    const form = new FormData();
    form.set('file', new Blob(['%PDF-1.4 the invoice'], { type: 'application/pdf' }), 'invoice.pdf');
    return house.api.upload<Attachment>('/attachments', form);
  };
  const { status, body: file } = await upload();
  expect([status, file]).toMatchObject([201, { filename: 'invoice.pdf', contentType: 'application/pdf', size: 20, inline: false }]);
  const { body } = await house.api.get<List<Conversation>>('/conversations');
  const path = `/conversations/${body.items[0]!.id}/replies`;
  const reply = await house.api.post<Message>(path, { text: 'Attached.', attachmentIds: [file.id] });
  expect(reply).toMatchObject({ status: 202, body: { attachments: [{ id: file.id }] } });
  const sent = await eventually(async () => {
    expect(outside.smtp.messages).toHaveLength(1);
    return outside.smtp.messages[0]!.raw.toString();
  });
  expect(sent).toContain('filename=invoice.pdf');
  expect(sent).toContain(Buffer.from('%PDF-1.4 the invoice').toString('base64'));
  expect((await house.api.post(path, { text: 'Again', attachmentIds: [file.id] })).status).toBe(422);
  expect((await house.api.post('/attachments', { file: 'x' })).status).toBe(400);
});
