import { simpleParser } from 'mailparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import { compose, type Quoted } from './mail-clients.js';
import { personas, topics, type Persona, type Topic } from './mail-topics.js';
import type { ReceivedMail } from './smtp-sink.js';

interface MailCustomersOptions {
  /** Puts a raw mail into the brand's mailbox. */
  deliver: (raw: Buffer) => Promise<void>;
  brandAddress: string;
  /** Numbers in [0, 1); the same numbers give the same customers and mails. */
  random: () => number;
  now?: () => Date;
}

interface Correspondence {
  persona: Persona;
  topic: Topic;
  answered: number;
}

/** Customers of a small lamp shop: they write about their orders, and answer when they are answered. */
export class MailCustomers {
  private readonly correspondences = new Map<string, Correspondence>();
  private readonly people: Persona[];
  private readonly matters: Topic[];
  private turn = 0;
  private written = 0;

  constructor(private readonly options: MailCustomersOptions) {
    this.people = this.shuffle(personas);
    this.matters = this.shuffle(topics);
  }

  /** The next customer writes a first mail. When all matters were brought up, others bring them up again. */
  async writeNext(): Promise<Buffer> {
    const topic = this.matters[this.turn % this.matters.length] as Topic;
    const round = Math.floor(this.turn / this.matters.length);
    const speakers = this.people.filter(({ language }) => language === topic.language);
    const persona = speakers[(this.turn + round) % speakers.length] as Persona;
    this.turn += 1;
    this.correspondences.set(persona.address, { persona, topic, answered: 0 });
    const raw = await this.mail(persona, { subject: topic.subject, words: topic.opening, topic });
    await this.options.deliver(raw);
    return raw;
  }

  /** Those of our customers that a mail was sent to answer it, with the sent mail quoted. Resolves to how many did; who has nothing left to say keeps silent. */
  async answer(received: ReceivedMail): Promise<number> {
    const sent = await simpleParser(received.raw);
    let answers = 0;
    for (const address of received.envelope.to) {
      const correspondence = this.correspondences.get(address.toLowerCase());
      const words = correspondence?.topic.answers[correspondence.answered];
      if (!correspondence || words === undefined) continue;
      correspondence.answered += 1;
      answers += 1;
      await this.options.deliver(await this.reply(correspondence.persona, words, sent));
    }
    return answers;
  }

  private reply(persona: Persona, words: string, sent: Awaited<ReturnType<typeof simpleParser>>): Promise<Buffer> {
    const from = (sent.replyTo ?? sent.from)?.value[0];
    const subject = sent.subject ?? '';
    const quoted: Quoted = {
      from: sent.from?.value[0]?.name || 'Harbour Lamps',
      address: sent.from?.value[0]?.address ?? this.options.brandAddress,
      to: persona.name,
      date: sent.date ?? this.now(),
      subject,
      text: sent.text ?? '',
    };
    const references = [sent.references ?? [], sent.messageId ?? []].flat();
    return this.mail(persona, {
      to: from?.address,
      subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
      words,
      quoted,
      inReplyTo: sent.messageId,
      references,
    });
  }

  private mail(persona: Persona, letter: Letter): Promise<Buffer> {
    const id = `${(++this.written).toString(36)}.${Math.floor(this.options.random() * 2 ** 48).toString(36)}`;
    const mail = new MailComposer({
      messageId: `<${id}@${persona.address.split('@')[1]}>`,
      baseBoundary: id,
      date: this.now(),
      from: { name: persona.name, address: persona.address },
      to: letter.to ?? this.options.brandAddress,
      subject: letter.subject,
      inReplyTo: letter.inReplyTo,
      references: letter.references,
      ...compose(persona, letter.words, letter.quoted),
      attachments: letter.topic?.attachment ? [attachments[letter.topic.attachment]] : [],
    });
    return mail.compile().build();
  }

  private now(): Date {
    return this.options.now?.() ?? new Date();
  }

  private shuffle<T>(items: T[]): T[] {
    return items
      .map((item) => ({ item, place: this.options.random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item);
  }
}

interface Letter {
  to?: string;
  subject: string;
  words: string;
  topic?: Topic;
  quoted?: Quoted;
  inReplyTo?: string;
  references?: string[];
}

/** A 32 x 32 picture of opal glass with a crack, and an order confirmation as text. */
const attachments = {
  photo: {
    filename: 'IMG_2047.png',
    contentType: 'image/png',
    content: Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAqElEQVR42s3WwQ2AIAwF0E7nEJycwHGc0KNxBg9eNBb5/0tJk17htUWhti5TaFgW4Ni3d3QAro1KmV0AkQxMuWnUGKvtjuyIGIa0m8IagLuGraYKfKyRDRRgJQfomP7dyAFo2APA82I/WRpgi7Cg/ugVhLdoxBng2EAg/D8QigCfOR1oGuJtCgL6dQ1i3Ismp4++yZSBThVaf/S5CDH0yU4buXLMpv/jBAcEw4l7nhpVAAAAAElFTkSuQmCC',
      'base64',
    ),
  },
  order: {
    filename: 'order-confirmation.txt',
    contentType: 'text/plain',
    content: 'Harbour Lamps\nOrder HL-20418\n2 x Pier wall lamp, brass\nTotal 178.00 GBP\n',
  },
};
