// The least that any import has to do, with the same libraries: fetch, parse, keep text and files, index the words.
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImapFlow } from 'imapflow';
import { simpleParser } from 'mailparser';

const { host, port, user, pass, folder } = JSON.parse(process.argv[2]);
mkdirSync(folder, { recursive: true });
const database = new Database(join(folder, 'bare.sqlite'));
database.pragma('journal_mode = WAL');
database.exec(`CREATE TABLE message (id INTEGER PRIMARY KEY, message_id TEXT UNIQUE, subject TEXT, sender TEXT, body TEXT, html TEXT, raw BLOB);
  CREATE TABLE file (message INTEGER, name TEXT, sha256 TEXT);
  CREATE VIRTUAL TABLE words USING fts5 (body);`);
const message = database.prepare('INSERT INTO message (message_id, subject, sender, body, html, raw) VALUES (?, ?, ?, ?, ?, ?)');
const file = database.prepare('INSERT INTO file VALUES (?, ?, ?)');
const index = database.prepare('INSERT INTO words (rowid, body) VALUES (?, ?)');

const client = new ImapFlow({ host, port, secure: false, auth: { user, pass }, logger: false });
await client.connect();
await client.mailboxOpen('INBOX', { readOnly: true });
const uids = await client.search({ all: true }, { uid: true });
for (let start = 0; start < uids.length; start += 50) {
  const fetched = await client.fetchAll(uids.slice(start, start + 50), { uid: true, source: true }, { uid: true });
  const parsed = await Promise.all(
    fetched.map(async ({ source }) => ({
      source,
      mail: await simpleParser(source, { skipHtmlToText: true, skipImageLinks: true, skipTextLinks: true }),
    })),
  );
  database.transaction(() => {
    for (const { source, mail } of parsed) {
      const { lastInsertRowid } = message.run(mail.messageId, mail.subject, mail.from?.text, mail.text, mail.html || null, source);
      index.run(lastInsertRowid, `${mail.subject} ${mail.text}`);
      for (const { filename, content } of mail.attachments) {
        const sha256 = createHash('sha256').update(content).digest('hex');
        writeFileSync(join(folder, sha256), content);
        file.run(lastInsertRowid, filename ?? '', sha256);
      }
    }
  })();
}
client.close();
const { cpuMs, peak } = {
  cpuMs: process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000,
  peak: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify({ mails: uids.length, cpuMs, peakRssMb: peak }));
