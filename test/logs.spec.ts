import { Api, type Conversation, type Message } from './api.js';
import { adminEmail, adminPassword, eventually, freshGround, ready, spawnApp } from './house.js';
import { imapPassword, mail, Outside, supportAddress } from './outside.js';

test('the logs tell what happened by ids, and never a word, an address, a password or a token', async () => {
  const outside = await Outside.start();
  const ground = await freshGround({ ...outside.env, LOG_LEVEL: 'debug' });
  const app = spawnApp(ground.env);
  try {
    const api = await Api.signIn(await ready(app, ground.env), adminEmail, adminPassword);
    await outside.connect(api);
    await outside.deliver(mail({ from: 'Xanthippe <xanthippe@customer.example>', subject: 'Quetzalcoatl', text: 'Zyzzyva' }));
    await outside.deliver('From: x\r\nContent-Type: multipart/mixed; boundary=""\r\nSubject: Oxyrhynchus\r\n\r\nPhthalates');
    outside.meta.customerWrites(outside.page, outside.meta.customer('Chrysanthemum'), 'Borborygmus');
    outside.smtp.behave({ refuse: ['xanthippe@customer.example'] });
    await eventually(async () => {
      const conversations = await api.all<Conversation>('/conversations');
      expect(conversations.map(({ preview }) => preview)).toEqual(expect.arrayContaining(['Zyzzyva', 'Borborygmus']));
      for (const { id } of conversations) await api.post<Message>(`/conversations/${id}/replies`, { text: 'Syzygy' });
    });
    await eventually(async () => expect(await api.all('/deliveries?state=failed')).not.toEqual([]));
    await api.post('/channels/test', outside.emailChannel('Schwarzenegger'));
    await fetch(`${api.url}/api/v1/auth/login?password=Rumpelstiltskin`, {
      method: 'POST',
      body: JSON.stringify({ email: adminEmail, password: 'Rumpelstiltskin' }),
      headers: { 'content-type': 'application/json' },
    });
  } finally {
    app.child.kill('SIGTERM');
    await app.ended;
    await Promise.all([ground.clear(), outside.stop()]);
  }
  const log = app.output();
  expect(log).toContain('"delivery failed"');
  expect(log).toContain('"sent"');
  const said = ['xanthippe', 'quetzalcoatl', 'zyzzyva', 'oxyrhynchus', 'phthalates', 'chrysanthemum', 'borborygmus', 'syzygy'];
  const secret = [
    'schwarzenegger',
    'rumpelstiltskin',
    imapPassword,
    adminPassword,
    outside.page.accessToken,
    'sim-app-secret-0001',
    'verify me',
  ];
  const found = [...said, ...secret, supportAddress, adminEmail].filter((word) => log.toLowerCase().includes(word.toLowerCase()));
  expect(found).toEqual([]);
}, 60_000);
