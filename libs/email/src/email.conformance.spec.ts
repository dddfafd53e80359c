import { readFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import { startDovecot, startSmtpSink } from '#libs/simulators';
import { describeConnector } from '../../connector/src/conformance.js';
import { emailConnector } from './email-connector.js';
import { mailIdentity } from './identity.js';
import type { EmailSettings } from './settings.js';

const sample = (name: string) => {
  const payload = readFileSync(new URL(`fixtures/${name}.eml`, import.meta.url));
  return { key: mailIdentity(payload), payload, context: { folder: 'INBOX', uid: '1' }, receivedAt: new Date('2026-03-02T10:00:00Z') };
};

describeConnector<EmailSettings>('email', async () => {
  const users = { shop: 'long-secret-word' };
  const sink = await startSmtpSink({ users });
  const dovecot = await startDovecot({ users });
  const connector = emailConnector({ allowPrivateHosts: true, pollSeconds: 60 });
  const login = { secure: false, user: 'shop', password: users.shop };
  const wired = (changes: object) => ({
    connector,
    access: {
      id: 'c1',
      address: 'shop@harbourlamps.test',
      signingKey: Buffer.alloc(32, 7),
      settings: {
        imap: { host: dovecot.host, port: dovecot.port, ...login, ...changes },
        smtp: { host: sink.host, port: sink.port, ...login, ...changes },
      },
    },
  });
  return {
    ...wired({}),
    samples: ['gmail-reply', 'inline-image-and-hostile-html', 'bounce-unknown-user'].map(sample),
    draft: (text) => ({
      // One delivery for each text, as the product has it.
      deliveryId: `d-${Buffer.from(text).toString('hex').slice(0, 40)}`,
      text,
      html: null,
      subject: null,
      cc: [],
      bcc: [],
      agentName: 'Ann',
      customer: { scope: 'email', id: 'maya@example.com', name: 'Maya' },
      answering: { messageId: 'q@x', references: [], subject: 'Lamp', from: { name: 'Maya', address: 'maya@example.com' }, replyTo: [] },
      quoting: null,
      signature: null,
      automatic: false,
      at: new Date('2026-03-02T11:00:00Z'),
    }),
    received: () => Promise.all(sink.messages.map(async ({ raw }) => (await simpleParser(raw)).text ?? '')),
    wrongCredentials: wired({ password: 'another-wrong-word' }),
    nobodyListening: wired({ port: 1 }),
    stop: async () => {
      await sink.stop();
      await dovecot.stop();
    },
  };
});
